import { appendFileSync } from "node:fs"
import { changed as findChanged } from "../../api/bundle.ts"
import { ToolError } from "../../diagnostic.ts"
import type { Colors } from "../../report/colors.ts"
import { printTable } from "../../report/table.ts"
import { defineCommand } from "../command.ts"
import { type Environment, readVariable } from "../io.ts"
import type { ChangedDatabases } from "../results.ts"

export const changed = defineCommand({
  name: "changed",
  description:
    "Says which databases have revisions that mean something else than at a commit, so that a pipeline runs what concerns them only. Compared is with the place where this branch and that commit part; uncommitted files count; comments, white space and other files do not; a file such as `_shared.ts` that revisions may import does. In GitHub Actions the step's outputs are set: `changed` (`true` or `false`), `databases` (a JSON list, for a matrix), and one output for each database.",
  options: {
    since: { type: "text", value: "ref", help: "The commit, branch or tag to compare with" },
    github: {
      type: "flag",
      help: "Set the outputs of a GitHub step; by default wherever the variable `GITHUB_OUTPUT` is set",
    },
  },
  examples: [
    { line: "changed --since origin/main", says: "in a pull request" },
    { line: "changed --since HEAD~1 --json", says: "for a script" },
  ],
  async run({ since, github }, _, context) {
    if (since === undefined) {
      throw new ToolError("invalid-option", "--since is missing: the commit to compare with", {
        subject: "--since",
        hint: "for example: lockstep changed --since origin/main",
      })
    }
    const { projects } = await context.projects()
    const each: ChangedDatabases["each"][number][] = []
    for (const [name, project] of projects)
      each.push({ database: name ?? "default", ...(await findChanged({ ...project, since })) })
    const databases = each.filter((one) => one.changed).map(({ database }) => database)
    const result: ChangedDatabases = { databases, changed: databases.length > 0, each }
    setOutputs(result, context.io.env, github)
    return { result, text: (paint) => changedText(result, paint) }
  },
})

/** @see https://docs.github.com/en/actions, "Setting an output parameter" */
function setOutputs(
  { databases, changed: any, each }: ChangedDatabases,
  env: Environment,
  asked: boolean,
): void {
  const file = readVariable(env, "GITHUB_OUTPUT")
  if (file === undefined) {
    if (!asked) return
    throw new ToolError(
      "invalid-option",
      "--github works in a step of GitHub Actions: GITHUB_OUTPUT is not set",
      {
        subject: "--github",
        hint: "elsewhere, leave it out: the same is printed, also with --json",
      },
    )
  }
  const lines = [
    `changed=${any}`,
    `databases=${JSON.stringify(databases)}`,
    ...each.map((one) => `${one.database}=${one.changed}`),
  ]
  appendFileSync(file, `${lines.join("\n")}\n`)
}

function changedText({ each }: ChangedDatabases, paint: Colors): string {
  if (each.every(({ files }) => files.length === 0)) return `${paint.green("nothing")} has changed`
  return each
    .filter(({ files }) => files.length > 0)
    .map(({ database, files }) => {
      const rows = files.map(({ file, change }) => [`  ${change}`, file])
      return `${paint.yellow(database)}\n${printTable(rows)}`
    })
    .join("\n")
}
