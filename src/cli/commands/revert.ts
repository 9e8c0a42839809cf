import { revert as writeRevert } from "../../api/write.ts"
import { defineCommand } from "../command.ts"
import { given } from "../given.ts"
import { reportWritten, writeOptions } from "../written.ts"

export const revert = defineCommand({
  name: "revert",
  description:
    "Writes a new revision that compensates an older one: what its rollback section says moves forward, and what it did is the rollback. Where it has no rollback section, the new file holds a place to write it. It is reviewed and deployed like any other, also to a protected environment, where nothing is downgraded.",
  operands: { revision: { required: true, help: "The revision to compensate" } },
  options: {
    message: {
      type: "text",
      short: "m",
      value: "title",
      help: "Its title. Default: `revert` and the title of the other",
    },
    ...writeOptions,
  },
  examples: [{ line: "revert 4f2a --edit", says: "write the compensating revision and look at it" }],
  async run({ message, ...options }, { revision }, context) {
    const result = await writeRevert({
      ...(await context.projectOptions()),
      revision,
      write: !options.dryRun,
      ...given({ title: message }),
    })
    const outcome = await reportWritten(result, options, context)
    if (result.complete || options.dryRun) return outcome
    const says = `${result.reverts.id} has no rollback section: write there what undoes it`
    return { ...outcome, text: `${result.files[0]?.path}\n${says}` }
  },
})
