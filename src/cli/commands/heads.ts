import { heads as findHeads } from "../../api/graph.ts"
import { printTable } from "../../report/table.ts"
import { defineCommand } from "../command.ts"

export const heads = defineCommand({
  name: "heads",
  description:
    "Lists the revisions that no other follows. Several heads stop `lockstep upgrade` until they are joined with `lockstep merge`, put in line with `lockstep rebase`, or named one by one. No database is asked.",
  options: {
    check: { type: "flag", help: "Exit with 3 where there is more than one" },
  },
  examples: [
    { line: "heads", says: "one line for each" },
    { line: "heads --check --quiet", says: "in CI: fail a pull request that makes a second head" },
  ],
  async run({ check }, _, context) {
    const result = await findHeads(await context.projectOptions())
    return {
      result,
      exit: check && result.heads.length > 1 ? 3 : 0,
      text: (paint) =>
        result.heads.length === 0
          ? "no revisions"
          : printTable(result.heads.map(({ id, title, file }) => [paint.yellow(id), title, paint.dim(file)])),
    }
  },
})
