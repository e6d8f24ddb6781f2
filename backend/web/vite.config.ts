import { existsSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import vue from "@vitejs/plugin-vue";
import { defineConfig } from "vite";

const pages = fileURLToPath(new URL("./pages", import.meta.url));

// Each folder with an index.html is an entry, and loads only its own.
const entries = readdirSync(pages)
  .map((name) => `${pages}/${name}/index.html`)
  .filter((file) => existsSync(file));

// The verifier is a plain script, so that it can stand in the one file of the page that is saved; here it is a module.
const verifier = {
  name: "verifier",
  transform: (code: string, id: string) => (id.endsWith("/verify/check.js") ? `${code}\nexport { check, say, Unproven };\n` : undefined),
};

export default defineConfig({
  root: pages,
  base: "/assets/pages/",
  publicDir: false,
  plugins: [vue(), verifier],
  resolve: { alias: { "@": pages } },
  build: {
    outDir: "../static/pages",
    emptyOutDir: true,
    assetsDir: "hashed",
    assetsInlineLimit: 0,
    target: "es2022",
    chunkSizeWarningLimit: 1500,
    rollupOptions: { input: entries },
  },
  server: { port: 5173, proxy: { "/v1": "http://127.0.0.1:8000", "/log": "http://127.0.0.1:8000" } },
});
