import { type SnapshotResult, snapshot as takeSnapshot } from "../../api/snapshot.ts"
import { printChanges } from "../../report/changes.ts"
import type { Colors } from "../../report/colors.ts"
import { defineCommand } from "../command.ts"
import { given } from "../given.ts"
import { scratchOption, scratchOptions, selectionOptions } from "../scratch-option.ts"

export const snapshot = defineCommand({
  name: "snapshot",
  description:
    "Writes schema.sql: what an empty database becomes when all revisions have run. It is made on a scratch server; no database is asked. The same revisions give the same text, so that its difference in a pull request reads as the change itself, and it loads into an empty database with one psql call.",
  options: {
    check: { type: "flag", help: "Write nothing; exit with 3 and the difference where the file is stale" },
    file: {
      type: "text",
      value: "file",
      help: "Where it is written. Default: schema.sql beside the configuration",
    },
    ...selectionOptions,
    ...scratchOption,
  },
  examples: [
    { line: "snapshot", says: "after every new revision" },
    { line: "snapshot --check", says: "in CI" },
  ],
  async run({ check, file, scratch }, _, context) {
    const { root, project, historySchema } = await context.configuration()
    const result = await takeSnapshot({
      ...project,
      ...given({ file, historySchema }),
      write: !check,
      scratch: scratchOptions(scratch, root),
    })
    return {
      result,
      exit: check && !result.fresh ? 3 : 0,
      text: (paint) => snapshotText(result, check, paint),
    }
  },
})

function snapshotText({ file, fresh, changes }: SnapshotResult, check: boolean, paint: Colors): string {
  if (fresh) return `${paint.green("fresh")}: ${file} is what the revisions lead to`
  const shown = changes.length === 0 ? [] : [printChanges(changes, paint)]
  if (!check) return [`${paint.green("wrote")} ${file}`, ...shown].join("\n")
  return [
    `${paint.red("stale")}: ${file} is not what the revisions lead to`,
    ...shown,
    "run: lockstep snapshot",
  ].join("\n")
}
