import { merge as mergeHeads } from "../../api/write.ts"
import { defineCommand } from "../command.ts"
import { given, someOf } from "../given.ts"
import { authorOptions, reportWritten, writeOptions } from "../written.ts"

export const merge = defineCommand({
  name: "merge",
  description:
    "Writes a revision without statements that joins several heads into one. Where the newer of two revisions was not applied anywhere yet, `lockstep rebase` keeps the history a line instead.",
  operands: { revisions: { many: true, help: "The revisions to join. Default: all heads" } },
  options: { ...authorOptions, ...writeOptions },
  examples: [
    { line: "merge", says: "join all heads" },
    { line: 'merge 3f2a1c 9b07de -m "join invoices and names"', says: "join these two" },
  ],
  async run({ message, id, branch, dependsOn, ...options }, { revisions }, context) {
    const result = await mergeHeads({
      ...(await context.projectOptions()),
      labels: branch,
      dependsOn,
      write: !options.dryRun,
      ...given({ revisions: someOf(revisions), title: message, id }),
    })
    return reportWritten(result, options, context)
  },
})
