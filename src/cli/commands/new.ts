import { show } from "../../api/graph.ts"
import { newRevision } from "../../api/write.ts"
import { ToolError } from "../../diagnostic.ts"
import { defineCommand } from "../command.ts"
import type { Context } from "../context.ts"
import { given, someOf } from "../given.ts"
import { authorOptions, readTemplate, reportWritten, writeOptions } from "../written.ts"

export const create = defineCommand({
  name: "new",
  description:
    "Writes the file of a new revision, linked to the current head: a header, a place for what moves forward, and one for what undoes it. In a folder of another tool the file is named and laid out as the files there are. Names, ids and the time zone are configurable.",
  operands: { title: { sentence: true, help: "What it does, in a few words" } },
  options: {
    ...authorOptions,
    ts: { type: "flag", help: "Write TypeScript instead of SQL" },
    parent: {
      type: "list",
      value: "revision",
      help: "What it follows; `base` for nothing. Default: the only head",
    },
    head: {
      type: "list",
      value: "revision",
      help: "As `--parent`, and refused where it is not a head: `billing@head`",
    },
    phase: {
      type: "choice",
      choices: ["expand", "migrate", "contract"],
      help: "How it relates to the code that serves while it runs",
    },
    noTransaction: { type: "flag", help: "It holds statements that cannot run in a transaction" },
    noRollback: { type: "text", value: "reason", help: "It cannot be undone, because" },
    why: { type: "text", value: "reason", help: "Why the change is made. Default: the title" },
    author: { type: "text", value: "name", help: "Who writes it" },
    number: {
      type: "text",
      value: "version",
      help: "A semantic version, for those who number their schemas",
    },
    folder: {
      type: "text",
      value: "folder",
      help: "Which of several folders. Default: that of its first parent",
    },
    template: {
      type: "text",
      value: "file",
      help: "Begin with the text of this file. Default: the setting `revisionTemplate`",
    },
    ...writeOptions,
  },
  examples: [
    { line: 'new "add phone to users"', says: "a SQL revision after the current head" },
    {
      line: 'new "backfill phones" --ts --phase migrate --edit',
      says: "a TypeScript revision, opened in the editor",
    },
    {
      line: 'new "billing tables" --parent base --branch billing',
      says: "the first revision of a branch of its own",
    },
  ],
  async run(options, { title: words }, context) {
    const title = words ?? options.message
    if (title === undefined || title.trim() === "")
      throw new ToolError("wrong-operands", "a new revision needs a title", {
        hint: 'for example: lockstep new "add phone to users"',
      })
    if (words !== undefined && options.message !== undefined)
      throw new ToolError("wrong-operands", "the title was given twice", { subject: words })
    await refuseOthersThanHeads(options.head, context)
    const template = await readTemplate(options.template, options.ts ? ".ts" : ".sql", context)
    const { id, phase, noRollback, why, author, number, folder } = options
    const result = await newRevision({
      ...(await context.projectOptions()),
      ...given({ id, phase, noRollback, why, author, folder, template, version: number }),
      ...given({ parents: someOf([...options.parent, ...options.head]) }),
      ...(options.noTransaction ? { transaction: "none" } : {}),
      title,
      language: options.ts ? "typescript" : "sql",
      labels: options.branch,
      dependsOn: options.dependsOn,
      write: !options.dryRun,
    })
    return reportWritten(result, options, context)
  },
})

async function refuseOthersThanHeads(words: readonly string[], context: Context): Promise<void> {
  for (const word of words) {
    const { revision, isHead, children } = await show({ ...(await context.projectOptions()), revision: word })
    if (isHead) continue
    throw new ToolError(
      "invalid-option",
      `--head ${word} is not a head: ${children.map(({ id }) => id).join(", ")} follows it`,
      {
        subject: revision.id,
        hint: `to begin a branch there: --parent ${word}`,
      },
    )
  }
}
