import { squash as runSquash, type SquashResult } from "../../api/squash.ts"
import type { Colors } from "../../report/colors.ts"
import { count } from "../../report/count.ts"
import { defineCommand } from "../command.ts"
import { given } from "../given.ts"
import { scratchOption, scratchOptions } from "../scratch-option.ts"

export const squash = defineCommand({
  name: "squash",
  description:
    "Replaces a range of revisions by one that leads to the same catalog, which is proven on a scratch server, forward and backward. The old files go to `archive/<its id>` inside the folder and are still read: a database that has applied all of them needs no change, one that has applied some is told so and applies the rest, and a new one runs the one. Keep the archive until every database is past the range.",
  operands: {
    range: { required: true, help: "`a:b`, both included; `:b` from the first revision on" },
  },
  options: {
    title: { type: "text", value: "title", help: "Title of the one revision" },
    keepStatements: {
      type: "flag",
      help: "Put the statements of all files one behind the other, also those that write rows, instead of what the catalog needs",
    },
    dropRows: { type: "flag", help: "Leave out the rows that the range writes" },
    dryRun: { type: "flag", help: "Prove it, print what would be written, and write nothing" },
    ...scratchOption,
  },
  examples: [
    { line: "squash :4f2a9c1b7d3e --dry-run", says: "everything up to this revision, as one" },
    { line: "squash 9e8c:4f2a", says: "these and all between them" },
  ],
  async run({ title, keepStatements, dropRows, dryRun, scratch }, { range }, context) {
    const { root, project, historySchema } = await context.configuration()
    const result = await runSquash({
      ...project,
      ...given({ title, historySchema }),
      range,
      keepStatements,
      dropRows,
      write: !dryRun,
      scratch: scratchOptions(scratch, root),
    })
    return { result, text: (paint) => squashedText(result, dryRun, paint) }
  },
})

function squashedText(
  { revision, replaced, moved, rebased }: SquashResult,
  dryRun: boolean,
  paint: Colors,
): string {
  const [file] = revision.files
  const would = dryRun ? "would write" : "wrote"
  const lines = [
    `${paint.green(would)} ${file?.path}, in place of ${count(replaced.length, "revision")}, proven on scratch`,
    ...moved.map(({ from, to }) => `${paint.dim(dryRun ? "would move" : "moved")} ${from} to ${to}`),
    ...(rebased.length === 0 ? [] : [`${paint.dim("now after it:")} ${rebased.join(", ")}`]),
  ]
  return dryRun ? [...lines, "", file?.content ?? ""].join("\n") : lines.join("\n")
}
