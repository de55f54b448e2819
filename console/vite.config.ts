import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import react from "@vitejs/plugin-react";
import type { Plugin } from "vite";
import { defineConfig } from "vite";

// The server hands out a ready `name.gz` beside each file instead of compressing for every visitor.
function gzipped(): Plugin {
  return {
    name: "gzipped",
    apply: "build",
    // After everything else has had its say about the files.
    async writeBundle({ dir = "." }, bundle) {
      for (const name of Object.keys(bundle).filter((each) => /\.(js|css|svg)$/.test(each))) {
        const path = join(dir, name);
        await writeFile(`${path}.gz`, gzipSync(await readFile(path), { level: 9 }));
      }
    },
  };
}

export default defineConfig({
  base: "/console/",
  plugins: [react(), gzipped()],
  build: {
    outDir: process.env.CONSOLE_OUT_DIR ?? "../src/clarion/_console",
    emptyOutDir: true,
    // The vendor chunk is large and known; `tests/console` watches its size.
    chunkSizeWarningLimit: 1500,
  },
  server: { proxy: { "/api": process.env.CLARION_ORIGIN ?? "http://127.0.0.1:8000" } },
});
