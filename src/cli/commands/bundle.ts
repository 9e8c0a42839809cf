import { verifyBundle, type WrittenBundle, writeBundle } from "../../api/bundle.ts"
import type { Bundle } from "../../bundle/bundle.ts"
import type { Colors } from "../../report/colors.ts"
import { count } from "../../report/count.ts"
import { defineCommand } from "../command.ts"
import type { Context } from "../context.ts"
import { given, someOf } from "../given.ts"
import { readConfiguredQueries } from "../queries.ts"

export const bundle = defineCommand({
  name: "bundle",
  description:
    "Writes one file that says which revisions a build holds: ids, checksums, heads, a digest of them, and the queries that the application issues, where the setting `queries` or the option says where they are. Run it where the image is built; `--verify` in the image fails the build where files are missing, and a deploy that is given the digest refuses any other image. No database is asked.",
  options: {
    out: {
      type: "text",
      value: "file",
      help: "The file, relative to the configuration. Default: lockstep.bundle.json",
    },
    verify: {
      type: "flag",
      help: "Write nothing; exit with 3 where the folder is not what the file says",
    },
    queries: { type: "list", value: "file", help: "A file of queries that this release declares" },
  },
  examples: [
    { line: "bundle", says: "in the build of the image" },
    { line: "bundle --verify", says: "as its last step: is everything there?" },
    {
      line: "bundle --queries queries.sql --json",
      says: "with the release's queries; the digest for a script",
    },
  ],
  async run({ out, verify, queries }, _, context) {
    const { root, projects } = await context.projects()
    const declared = await declaredQueries(queries, context)
    const place = { root, ...given({ file: out }) }
    const result = verify
      ? await verifyBundle(projects, place)
      : await writeBundle(projects, { ...place, ...given({ queries: someOf(queries), declared }) })
    return { result, text: (paint) => bundleText(result, verify, paint) }
  },
})

/** Several databases have queries of their own each; which of them an option means is not said. */
async function declaredQueries(queries: readonly string[], context: Context) {
  const [single, ...others] = await context.eachDatabase()
  if (queries.length > 0 || single === undefined || others.length > 0) return undefined
  return readConfiguredQueries(await single[1].configuration())
}

function bundleText({ file, manifest }: WrittenBundle, verified: boolean, paint: Colors): string {
  const done = verified ? `${paint.green("complete")}: ${file}` : `${paint.green("wrote")} ${file}`
  const bundles = "databases" in manifest ? Object.values(manifest.databases) : [manifest]
  return `${done}, ${summaryOf(bundles)}\ndigest ${manifest.digest}`
}

function summaryOf(bundles: readonly Bundle[]): string {
  const revisions = bundles.reduce((sum, each) => sum + each.revisions.length, 0)
  const heads = bundles.flatMap((each) => each.heads)
  const databases = bundles.length > 1 ? ` of ${bundles.length} databases` : ""
  const at = heads.length === 0 ? "" : `, ${heads.length === 1 ? "head" : "heads"} ${heads.join(", ")}`
  return `${count(revisions, "revision")}${databases}${at}`
}
