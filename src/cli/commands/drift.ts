import { type DriftResult, drift as findDrift } from "../../api/drift.ts"
import { printChanges } from "../../report/changes.ts"
import type { Colors } from "../../report/colors.ts"
import { count } from "../../report/count.ts"
import { defineCommand } from "../command.ts"
import { scratchOption, scratchOptions, selectionOptions } from "../scratch-option.ts"
import { metricsOption } from "../tell-options.ts"

export const drift = defineCommand({
  name: "drift",
  description:
    "Says whether a database's catalog is the one that its history leads to. Where its fingerprint is the one that the last run left, nothing has changed; else what it has applied is replayed on a scratch server and every object is compared. The database is only read. Prints what differs and the SQL that would bring it back, and exits with 3 where there is drift.",
  operands: { environment: { help: "An environment of the configuration; the same as --env" } },
  options: {
    sql: { type: "flag", help: "Print only the SQL that would bring the database back" },
    full: { type: "flag", help: "Compare every object, whatever the fingerprint says" },
    record: {
      type: "flag",
      help: "Keep the fingerprint of a database without drift, so that the next time needs no scratch server",
    },
    ...selectionOptions,
    ...scratchOption,
    ...metricsOption,
  },
  examples: [
    { line: "drift", says: "exit 0: no drift; exit 3: what differs" },
    { line: "drift prod --sql > back.sql", says: "the way back, to be reviewed" },
  ],
  async run({ sql, full, record, scratch }, { environment }, context) {
    const chosen = environment === undefined ? context : context.inEnvironment(environment)
    const { root } = await chosen.configuration()
    const result = await findDrift({
      ...(await chosen.runOptions()),
      full,
      record,
      scratch: scratchOptions(scratch, root),
    })
    return {
      result,
      exit: result.equal ? 0 : 3,
      text: (paint) => (sql ? result.sql.trimEnd() : driftText(result, paint)),
    }
  },
})

function driftText({ database, current, equal, changes, sql, compared }: DriftResult, paint: Colors): string {
  const at = current.length === 0 ? "base" : current.join(", ")
  const how =
    compared === "fingerprint" ? "its fingerprint is the one that was kept" : "every object compared"
  if (equal) return `${paint.green("no drift")}: ${database} is what its history says, at ${at} (${how})`
  return [
    `${paint.red("drift")}: ${database} is not what its history says, at ${at}: ${count(changes.length, "difference")}`,
    "",
    "to be as its history says, it would have to change like this:",
    printChanges(changes, paint),
    "",
    sql.trimEnd(),
  ].join("\n")
}
