import { type RulePage, rulePages } from "../../src/lint/rules.ts"
import { table } from "./markdown.ts"

/** One page per rule of `lint`, and the list of all. */
export function ruleDocs(): ReadonlyMap<string, string> {
  const pages = Object.entries<RulePage>(rulePages).sort(([a], [b]) => (a < b ? -1 : 1))
  const files = new Map<string, string>()
  files.set("docs/rules/README.md", index(pages))
  for (const [id, page] of pages) files.set(`docs/rules/${id}.md`, rulePage(id, page))
  return files
}

function rulePage(id: string, { severity, when, why, fix, bad, good }: RulePage): string {
  const example = (heading: string, sql: string) =>
    sql === "" ? "" : `\n${heading}\n\n\`\`\`sql\n${sql}\n\`\`\`\n`
  return `# ${id}

${when}

It is ${severity === "error" ? "an" : "a"} ${severity}.

## Why

${why}

## What to do

${fix}
${example("Reported:", bad)}${example("Not reported:", good)}`
}

function index(pages: readonly (readonly [string, RulePage])[]): string {
  const rows = pages.map(([id, { severity, when }]) => [`[${id}](${id}.md)`, severity, when])
  return `# Rules of lint

Most of them judge what was seen when a statement ran on a scratch server, not its text. \`lockstep explain <rule>\`
prints the same pages; \`-- accept: <rule> because <reason>\` in the header of a revision silences one.

${table(["rule", "finding", "when"], rows)}
`
}
