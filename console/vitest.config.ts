import { defineConfig } from "vitest/config";

// Only pure parts: what needs a browser is tested in one, against the real server.
export default defineConfig({ test: { include: ["src/**/*.test.ts"], environment: "node" } });
