import { rebase as rebaseRevision } from "../../api/write.ts"
import { defineCommand } from "../command.ts"
import { given, someOf } from "../given.ts"

export const rebase = defineCommand({
  name: "rebase",
  description:
    "Moves a revision that is not applied onto the new head by rewriting its parent: the usual cure where two pull requests met. What follows it moves along. Where a database's address is known, it is asked whether the revision is applied there, and then refused.",
  operands: {
    revision: { required: true, help: "The revision to move, or the last of a branch to move all of it" },
  },
  options: {
    onto: { type: "list", value: "revision", help: "What it shall follow. Default: the other head" },
    offline: { type: "flag", help: "Ask no database" },
    dryRun: { type: "flag", help: "Print what would be written, and write nothing" },
  },
  examples: [
    { line: "rebase 9b07de", says: "put it behind the head that came first" },
    { line: "rebase 9b07de --onto 3f2a1c", says: "put it there" },
  ],
  async run({ onto, offline, dryRun }, { revision }, context) {
    const result = await rebaseRevision({
      ...(offline ? await context.projectOptions() : await context.targetOptions()),
      revision,
      write: !dryRun,
      ...given({ withDatabase: offline ? false : undefined, onto: someOf(onto) }),
    })
    const lines = result.rebased.flatMap(({ id, parents, files }) => {
      const [would, now] = parents.length === 0 ? ["be", "is"] : ["follow", "follows"]
      const place = parents.length === 0 ? "a base" : parents.join(", ")
      return files.map(({ path }) => `${id} ${dryRun ? `would ${would}` : `now ${now}`} ${place}: ${path}`)
    })
    return { result, text: lines.join("\n") }
  },
})
