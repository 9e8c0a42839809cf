import { branches as findBranches } from "../../api/graph.ts"
import { printTable } from "../../report/table.ts"
import { defineCommand } from "../command.ts"

export const branches = defineCommand({
  name: "branches",
  description:
    "Lists the revisions that several others follow, with those, and the branch labels with the heads that they reach. No database is asked; `lockstep history --graph` draws the whole.",
  examples: [{ line: "branches", says: "where the graph forks" }],
  async run(_options, _operands, context) {
    const result = await findBranches(await context.projectOptions())
    const { branchPoints, labels } = result
    return {
      result,
      text: (paint) => {
        const parts = branchPoints.map(({ id, title, branches: children }) =>
          [
            `${paint.yellow(id)}  ${title}`,
            ...children.map((child) => `  -> ${paint.yellow(child.id)}  ${child.title}`),
          ].join("\n"),
        )
        const rows = labels.map(({ label, revision, heads }) => [
          paint.cyan(label),
          `begins at ${revision.id}`,
          `reaches ${heads.join(", ")}`,
        ])
        if (rows.length > 0) parts.push(printTable(rows))
        return parts.length === 0 ? "no branches" : parts.join("\n\n")
      },
    }
  },
})
