import { type AdoptResult, adopt as runAdopt } from "../../api/adopt.ts"
import type { Colors } from "../../report/colors.ts"
import { count } from "../../report/count.ts"
import { defineCommand } from "../command.ts"
import { given } from "../given.ts"
import { lockOptions } from "../run-options.ts"
import { scratchOption, scratchOptions, selectionOptions } from "../scratch-option.ts"

export const adopt = defineCommand({
  name: "adopt",
  description:
    "Brings a database that exists under Lockstep, and runs nothing in it. Where another tool's history (Alembic, Flyway, dbmate, node-pg-migrate, Prisma, Drizzle, Knex, graphile-migrate, golang-migrate, goose and others, or a hand-made `schema_migrations`) names files of the folder, exactly those count as applied. Where no history does, the revision is looked for whose catalog the database has; and where the folder is empty, the database's schema is written down as the first revision. Either way it is proven on a scratch server that the revisions lead to the catalog that is there; otherwise nothing is written, and the difference is shown, exit 3. The other tool's table is only read.",
  operands: { environment: { help: "An environment of the configuration; the same as --env" } },
  options: {
    baseline: {
      type: "flag",
      help: "Begin from the schema, in an empty folder, whatever the other tool's history says",
    },
    title: { type: "text", value: "title", help: "Title of the baseline. Default: baseline" },
    unverified: {
      type: "flag",
      help: "Take over what the other tool's history says without comparing the catalog; recorded as such",
    },
    because: { type: "text", value: "reason", help: "Why; recorded. A protected environment demands it" },
    dryRun: { type: "flag", help: "Look, prove and say what would be written, and write nothing" },
    ...selectionOptions,
    ...scratchOption,
    ...lockOptions,
  },
  examples: [
    { line: "adopt --dry-run", says: "what would be taken over, and whether it fits" },
    { line: "adopt", says: "once for every database" },
  ],
  async run({ baseline, title, unverified, because, dryRun, scratch }, { environment }, context) {
    const chosen = environment === undefined ? context : context.inEnvironment(environment)
    const { root } = await chosen.configuration()
    const result = await runAdopt({
      ...(await chosen.runOptions()),
      ...given({ title, because }),
      baseline,
      unverified,
      write: !dryRun,
      scratch: scratchOptions(scratch, root),
    })
    return {
      result,
      diagnostics: result.warnings,
      text: (paint) => adoptedText(result, dryRun, paint),
    }
  },
})

function adoptedText(result: AdoptResult, dryRun: boolean, paint: Colors): string {
  const { database, ledger, files, stamped, pending, current, verified } = result
  const lines =
    ledger === undefined
      ? []
      : [`${paint.cyan("read")}     ${ledger.tool}, ${ledger.applied} applied, in ${ledger.table}`]
  for (const { path } of files)
    lines.push(`${paint.green(dryRun ? "would write" : "wrote")}    ${path}, proven on scratch`)
  const proof = verified ? "as its catalog says" : "unverified"
  if (stamped.length > 0) {
    const verb = dryRun ? "would adopt" : "adopted"
    lines.push(
      `${paint.green(verb)}  ${database} is at ${current.join(", ")}, ${count(stamped.length, "revision")} applied, ${proof}`,
    )
  }
  const [first] = pending
  if (first !== undefined) {
    lines.push(`${paint.yellow("pending")}  ${pending.map(({ id }) => id).join(", ")}`)
  }
  if (dryRun) return lines.join("\n")
  const tool = ledger === undefined ? [] : [`then take ${ledger.tool} out of the deploy; its table may stay`]
  return [
    ...lines,
    first === undefined ? "next: lockstep status" : "next: lockstep upgrade --dry-run",
    ...tool,
  ].join("\n")
}
