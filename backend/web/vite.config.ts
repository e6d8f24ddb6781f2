import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import vue from "@vitejs/plugin-vue";
import { defineConfig, type Plugin, type Rolldown } from "vite";

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

const BASE = "/assets/pages/";

/** What an entry loads, now or later: its scripts, its styles and its catalogues. */
function filesOf(entry: string, bundle: Rolldown.OutputBundle): string[] {
  const chunks = Object.values(bundle).filter((each) => each.type === "chunk");
  const found = new Set<string>();
  const waiting = chunks.filter((each) => each.isEntry && each.facadeModuleId === `${pages}/${entry}/index.html`).map((each) => each.fileName);
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (found.has(name)) continue;
    found.add(name);
    const chunk = chunks.find((each) => each.fileName === name);
    if (chunk) waiting.push(...chunk.imports, ...chunk.dynamicImports, ...(chunk.viteMetadata?.importedCss ?? []));
  }
  return [...found].sort().map((name) => BASE + name);
}

// The collector's pages are an app: a worker that serves them without a network, and a manifest in each language.
const app: Plugin = {
  name: "app",
  generateBundle: {
    order: "post",
    handler(_options, bundle) {
      const files = [...filesOf("collector", bundle), "/assets/leaf.svg"];
      const worker = readFileSync(`${pages}/collector/worker.js`, "utf8").replace("const FILES = [];", `const FILES = ${JSON.stringify(files)};`);
      this.emitFile({ type: "asset", fileName: "collector/worker.js", source: worker });
      for (const language of ["zh-CN", "en"]) {
        const words = JSON.parse(readFileSync(`${pages}/collector/words/${language}.json`, "utf8")) as Record<string, string>;
        this.emitFile({ type: "asset", fileName: `collector/manifest.${language}.json`, source: JSON.stringify(manifest(words["app.title"]!, language)) });
      }
    },
  },
};

const manifest = (name: string, lang: string) => ({
  name,
  short_name: name,
  lang,
  id: "/collector/",
  start_url: "/collector/",
  scope: "/collector/",
  display: "standalone",
  background_color: "#faf6ec",
  theme_color: "#faf6ec",
  icons: [{ src: "/assets/app.svg", sizes: "any", type: "image/svg+xml", purpose: "any maskable" }],
});

export default defineConfig({
  root: pages,
  base: BASE,
  publicDir: false,
  plugins: [vue(), verifier, app],
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
