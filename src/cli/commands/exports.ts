import { type ExportsResult, type KnownExport, listExports } from "../../api/exports.ts"
import { ToolError } from "../../diagnostic.ts"
import type { Colors } from "../../report/colors.ts"
import { count } from "../../report/count.ts"
import { defineCommand } from "../command.ts"

export const exports = defineCommand({
  name: "exports",
  description:
    "Lists what was exported from the database before revisions destroyed it: tables, rows, where it is, and until when it is to be kept. `verify` computes the hashes of the files again. Nothing is removed; what is due to be is said.",
  operands: { action: { default: "list", help: "`list` or `verify`" } },
  options: {},
  examples: [
    { line: "exports list", says: "what there is, the latest first" },
    { line: "exports verify --env prod", says: "whether it is still what was written" },
  ],
  async run(_, { action }, context) {
    if (action !== "list" && action !== "verify")
      throw new ToolError("wrong-operands", `exports has no action "${action}"`, {
        subject: action,
        hint: "list or verify",
      })
    const result = await listExports({ ...(await context.targetOptions()), verify: action === "verify" })
    const isDamaged = result.exports.some(({ state, expired }) => state === "damaged" && !expired)
    return {
      result,
      exit: action === "verify" && isDamaged ? 3 : 0,
      text: (paint) => exportsText(result, paint),
    }
  },
})

function exportsText({ exports: list, database }: ExportsResult, paint: Colors): string {
  if (list.length === 0) return `nothing was exported from ${database}`
  return list.map((each) => exportText(each, paint)).join("\n")
}

function exportText({ at, place, keepUntil, files, expired, state }: KnownExport, paint: Colors): string {
  const keep = expired
    ? paint.yellow(`was to be kept until ${keepUntil.slice(0, 10)}`)
    : `to be kept until ${keepUntil.slice(0, 10)}`
  const found = {
    here: paint.green("here"),
    elsewhere: paint.dim("not here"),
    damaged: paint.red("damaged"),
  }[state]
  return [
    `${at}  ${place}`,
    `  ${found}, ${keep}`,
    ...files.map(
      ({ relation, kind, rows, revision, file }) =>
        `  ${count(rows, "row")} of ${relation}${kind === "column" ? " with a dropped column" : ""}, revision ${revision}, ${file}`,
    ),
  ].join("\n")
}
