import { defineConfig } from "tsdown"
import { thirdPartyNotices } from "./scripts/third-party.ts"

/** Carried inside the published files: small, and found without a look through folders at every start. */
const bundled = ["picocolors", "@clack/prompts", "pg-protocol", /^pg\/lib\//]

/**
 * What `lockstep status` loads, in few files instead of thirty: each costs a third of a millisecond at every start. A
 * group takes along all that its modules import statically and no group before it has, so nothing else is listed.
 */
const groups = [
  { name: "user-cache", test: /src[\\/]user-cache\.ts$/, priority: 5 },
  // What `lockstep/app` and `lockstep/record` share with the others, so that they load nothing else of them.
  {
    name: "folder",
    test: /src[\\/](?:is-record|revisions[\\/]folder|sql[\\/](?:identifier|locate))\.ts$/,
    priority: 4,
  },
  { name: "main", test: /src[\\/]cli[\\/]process\.ts$/, priority: 3 },
  { name: "core", test: /src[\\/]api[\\/]status\.ts$/, priority: 2 },
  { name: "start", test: /src[\\/]cli[\\/](?:run-command|commands[\\/]status)\.ts$/, priority: 1 },
]

export default defineConfig({
  entry: {
    index: "src/index.ts",
    app: "src/app/index.ts",
    testing: "src/testing/index.ts",
    record: "src/record/index.ts",
    cli: "src/cli/bin.ts",
  },
  format: "esm",
  platform: "node",
  target: "node20.19",
  dts: true,
  clean: true,
  fixedExtension: false,
  // The runner of whoever uses `lockstep/testing`.
  deps: { alwaysBundle: bundled, neverBundle: ["vitest"] },
  plugins: [thirdPartyNotices()],
  inputOptions: { checks: { pluginTimings: false } },
  outputOptions: { codeSplitting: { groups } },
})
