import { defineConfig } from "tsdown"

/** Carried inside the published files: small, and found without a look through folders at every start. */
const bundled = ["commander", "picocolors", "@clack/prompts", "pg-protocol", /^pg\/lib\//]

export default defineConfig({
  entry: { index: "src/index.ts", app: "src/app/index.ts", cli: "src/cli/bin.ts" },
  format: "esm",
  platform: "node",
  target: "node20.19",
  dts: true,
  clean: true,
  fixedExtension: false,
  deps: { alwaysBundle: bundled },
})
