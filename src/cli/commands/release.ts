import { markReleases, type ReleasesResult, releases as readReleases } from "../../api/release.ts"
import type { ReleaseStanding } from "../../deploy/serving.ts"
import { ToolError } from "../../diagnostic.ts"
import { didYouMean } from "../../did-you-mean.ts"
import type { Colors } from "../../report/colors.ts"
import { printTable } from "../../report/table.ts"
import { defineCommand } from "../command.ts"
import { given } from "../given.ts"

export const release = defineCommand({
  name: "release",
  description:
    "Says which releases were deployed to the database (`list`), which of them may be running (`serving`), and which are gone (`retired`). With names, `serving` records that these run and no others, and `retired` that these run no more. Where nobody says anything, a release serves from its deploy until a later one has been there for the soak time. Contract revisions wait for the releases that serve and were built before them.",
  operands: {
    action: { default: "list", help: "`list`, `serving` or `retired`" },
    releases: { many: true, help: "Names, as `deploy --release` was given them" },
  },
  options: {
    because: { type: "text", value: "reason", help: "Why; recorded" },
  },
  examples: [
    { line: "release list", says: "what was deployed, newest first" },
    { line: "release serving sha-4f2a9c1 --env prod", says: "after the flip: this one, and no other" },
    { line: "release retired sha-9e8c7aa", says: "that one is gone" },
  ],
  async run({ because }, { action, releases }, context) {
    const actions = ["list", "serving", "retired"]
    if (!actions.includes(action) || (action === "list" && releases.length > 0))
      throw new ToolError(
        "wrong-operands",
        actions.includes(action) ? "list takes no names" : `release has no action "${action}"`,
        { subject: action, hint: didYouMean(action, actions) ?? "list, serving or retired" },
      )
    const { gate } = await context.configuration()
    const rules = given({ soakMs: gate.soak })
    const result =
      releases.length === 0
        ? await readReleases({ ...(await context.targetOptions()), ...rules })
        : await markReleases({
            ...(await context.runOptions()),
            ...rules,
            ...given({ because }),
            releases,
            as: action === "serving" ? "serving" : "retired",
          })
    const wanted = (each: ReleaseStanding) =>
      action === "list" || releases.length > 0 || each.serves === (action === "serving")
    const shown = { ...result, releases: result.releases.filter(wanted) }
    return { result: shown, text: (paint) => releasesText(shown, paint) }
  },
})

function releasesText({ releases, database }: ReleasesResult, paint: Colors): string {
  if (releases.length === 0) return `no releases in ${database}`
  return printTable(
    releases.map((each) => [
      each.serves ? paint.green("●") : paint.dim("○"),
      each.id,
      wordsFor(each),
      each.deployedAt,
      paint.dim(`bundle ${each.bundle.slice(0, 12)}`),
    ]),
  )
}

function wordsFor({ state, serves, supersededBy }: ReleaseStanding): string {
  if (state !== "deployed") return state
  return serves ? "serving" : `followed by ${supersededBy}`
}
