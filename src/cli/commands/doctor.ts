import { connectionAilment, type DoctorResult, doctor as examine } from "../../api/doctor.ts"
import { ToolError } from "../../diagnostic.ts"
import { printAilments } from "../../report/ailments.ts"
import type { Colors } from "../../report/colors.ts"
import { count } from "../../report/count.ts"
import { asTyped, proposedTo } from "../as-typed.ts"
import { defineCommand } from "../command.ts"
import type { GlobalOptions } from "../globals.ts"
import { scratchOption, scratchOptions } from "../scratch-option.ts"

export const doctor = defineCommand({
  name: "doctor",
  description:
    "Explains what is wrong with a database and its history, and proposes what to do, the exact commands included; changes nothing. It tells apart: a schema that is there without being recorded (it finds the revision whose catalog the database has), a history that says more than is there, changes from outside, revisions that were begun, edited files, files that this image lacks, two heads, invalid indexes, relations of another owner, the history of another tool, the last run that failed, and why there is no connection. Where no fingerprint says enough, revisions are replayed on a scratch server. Exits with 3 where something is wrong.",
  operands: { environment: { help: "An environment of the configuration; the same as --env" } },
  options: {
    noCompare: {
      type: "flag",
      help: "Do not compare the catalog with the revisions; then no scratch server is needed",
    },
    ...scratchOption,
  },
  examples: [
    { line: "doctor", says: "what is wrong here?" },
    { line: "doctor prod --json", says: "another environment, for a program" },
  ],
  async run({ noCompare, scratch }, { environment }, context) {
    const chosen = environment === undefined ? context : context.inEnvironment(environment)
    const { root } = await chosen.configuration()
    const options = await chosen.targetOptions()
    try {
      const found = await examine({
        ...options,
        compare: !noCompare,
        scratch: scratchOptions(scratch, root),
      })
      const result = { ...found, ailments: proposedTo(chosen.globals, found.ailments) }
      return {
        result,
        exit: result.healthy ? 0 : 3,
        text: (paint) => doctorText(result, chosen.globals, paint),
      }
    } catch (error) {
      if (!(error instanceof ToolError) || error.code !== "cannot-connect") throw error
      const result = { database: "", healthy: false, ailments: [connectionAilment(error)] }
      return { result, exit: 5, text: (paint) => printAilments(result.ailments, paint) }
    }
  },
})

function doctorText({ database, ailments }: DoctorResult, globals: GlobalOptions, paint: Colors): string {
  if (ailments.length === 0) return `${paint.green("healthy")}: ${database} is what its history says`
  const repairable = ailments.filter(({ remedies }) =>
    remedies.some(({ repair }) => repair !== undefined),
  ).length
  const next =
    repairable === 0
      ? ""
      : `; ${asTyped("lockstep repair --plan", globals)} shows what it would do about ${repairable}`
  return `${printAilments(ailments, paint)}\n${count(ailments.length, "thing")} in ${database} to look at${next}`
}
