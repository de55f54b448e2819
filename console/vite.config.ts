import { gzipSync } from "node:zlib";
import react from "@vitejs/plugin-react";
import type { Plugin } from "vite";
import { defineConfig } from "vite";

// The server hands out a ready `name.gz` beside each file instead of compressing for every visitor.
function gzipped(): Plugin {
  return {
    name: "gzipped",
    apply: "build",
    enforce: "post",
    generateBundle(_, bundle) {
      for (const [fileName, file] of Object.entries(bundle)) {
        if (!/\.(js|css|svg)$/.test(fileName)) continue;
        const source = file.type === "chunk" ? file.code : file.source;
        this.emitFile({
          type: "asset",
          fileName: `${fileName}.gz`,
          source: gzipSync(source, { level: 9 }),
        });
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
