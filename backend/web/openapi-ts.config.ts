import { defineConfig } from "@hey-api/openapi-ts";

// The pages' client, made anew by every build: a change of the API that breaks a page breaks the build.
export default defineConfig({
  input: "../../api_docs/openapi.json",
  output: { path: "pages/api", clean: true },
  logs: { level: "error" },
  plugins: ["@hey-api/client-fetch", "@hey-api/typescript", "@hey-api/sdk"],
});
