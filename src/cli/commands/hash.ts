import { bundleAll } from "../../api/bundle.ts"
import { joinedDigest } from "../../bundle/manifest.ts"
import { defineCommand } from "../command.ts"

export const hash = defineCommand({
  name: "hash",
  description:
    "Prints a digest of the revisions as a flat JSON object of texts, as Terraform's external data source wants it. It changes when a revision, its place or its phase changes; a README, comments and white space do not count. Where several databases are configured, each has its own digest under its name. `--json` prints the same as `result` of the usual document.",
  examples: [
    { line: "hash", says: 'for Terraform: program = ["npx", "lockstep", "hash"]' },
    { line: "hash --database orion", says: "one of several databases" },
  ],
  async run(_, __, context) {
    const { projects } = await context.projects()
    const bundles = await bundleAll(projects)
    const all = [...bundles.values()]
    const result: Record<string, string> = {
      digest: joinedDigest(bundles),
      revisions: String(all.reduce((sum, { revisions }) => sum + revisions.length, 0)),
      heads: all.flatMap(({ heads }) => heads).join(","),
    }
    for (const [name, { digest }] of bundles) if (name !== undefined) result[name] = digest
    return { result, text: JSON.stringify(result), verbatim: true }
  },
})
