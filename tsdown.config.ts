import { defineConfig } from "tsdown"

/** What the command line carries inside itself; the rest of its dependencies stay ordinary packages. */
const bundled = ["commander", "picocolors", "@clack/prompts", "pg-copy-streams"]

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
