import { resolve } from "node:path"
import { checkRestore, type RestoreCheck } from "../../api/restore.ts"
import { ToolError } from "../../diagnostic.ts"
import type { Colors } from "../../report/colors.ts"
import { count } from "../../report/count.ts"
import { defineCommand } from "../command.ts"
import { given } from "../given.ts"
import { scratchOption } from "../scratch-option.ts"

export const restore = defineCommand({
  name: "restore",
  description:
    "`restore --check <dump>` says beforehand what would go wrong if a dump were restored into the database: roles that own its objects and are missing, or that the connected role may not become; extensions that the server has not; no right to create; tables that are there already; a dump of a later version of PostgreSQL. The dump is read to its end, its objects listed and its rows counted. With `--try` it is restored into a throwaway database too. Nothing is changed, and Lockstep never restores by itself.",
  operands: { dump: { required: true, help: "A dump of `pg_dump`: custom, directory, tar or plain" } },
  options: {
    check: { type: "flag", help: "Look, and change nothing; the only thing that the command does" },
    try: {
      type: "flag",
      help: "Restore it into a throwaway database of the embedded server, or of `--scratch`, and count again",
    },
    ...scratchOption,
  },
  examples: [
    { line: "restore --check shop.dump --env prod", says: "before anything is dropped" },
    { line: "restore --check shop.dump --try", says: "whether it really can be restored" },
  ],
  async run({ check, try: tries, scratch }, { dump }, context) {
    if (!check)
      throw new ToolError("wrong-operands", "Lockstep looks at dumps and does not restore them", {
        subject: dump,
        hint: `lockstep restore --check ${dump}; then pg_restore`,
      })
    const { root } = await context.configuration()
    const result = await checkRestore({
      ...(await context.targetOptions()),
      dump: resolve(context.io.cwd, dump),
      ...given({ scratch: tries ? given({ url: scratch, root }) : undefined }),
    })
    const { problems, restored } = result
    const failed = restored !== undefined && restored.errors.length + restored.differing.length > 0
    return {
      result,
      exit: problems.length > 0 || failed ? 3 : 0,
      text: (paint) => restoreText(result, paint),
    }
  },
})

function restoreText({ contents, database, problems, restored, dump }: RestoreCheck, paint: Colors): string {
  const objects = Object.values(contents.objects).reduce((sum, each) => sum + each, 0)
  const tables = Object.values(contents.tables)
  const rows = tables.reduce((sum, each) => sum + each, 0)
  const from = contents.serverVersion === undefined ? "" : `, of PostgreSQL ${contents.serverVersion}`
  return [
    `${paint.green("✓")} ${dump} is whole: ${count(objects, "object")}, ${count(rows, "row")} in ${count(tables.length, "table")}${from}`,
    ...(restored === undefined
      ? []
      : restored.errors.length + restored.differing.length === 0
        ? [`${paint.green("✓")} restored into a throwaway database, every row is there`]
        : [
            ...restored.errors.map((line) => `${paint.red("✗")} restored into a throwaway database: ${line}`),
            ...restored.differing.map(
              (each) =>
                `${paint.red("✗")} ${each.table}: ${each.dumped} rows in the dump, ${each.restored < 0 ? "no such table" : each.restored} restored`,
            ),
          ]),
    ...problems.map(
      ({ problem, message, fix }) => `${paint.red("✗")} ${problem}: ${message}\n    way out: ${fix}`,
    ),
    ...(problems.length === 0
      ? [`${paint.green("✓")} nothing stands in the way of restoring it into ${database}`]
      : []),
  ].join("\n")
}
