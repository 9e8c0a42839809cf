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

function rulePage(id: string, page: RulePage): string {
  const { severity, when, why, fix, bad, good, options = {} } = page
  const example = (heading: string, sql: string) =>
    sql === "" ? "" : `\n${heading}\n\n\`\`\`sql\n${sql}\n\`\`\`\n`
  return `# ${id}

${when}

${defaultOf(page)} The setting \`lint.rules\` makes it \`off\`, \`note\`, \`warning\` or \`error\`: \`lint: { rules: { "${id}": "${page.default === "off" ? severity : "off"}" } }\`.
${optionsOf(options)}
## Why

${why}

## What to do

${fix}
${example("Reported:", bad)}${example("Not reported:", good)}`
}

/** `It is an error.` */
function defaultOf({ severity, default: level }: RulePage): string {
  const what = `${severity === "error" ? "an" : "a"} ${severity}`
  return level === "off" ? `It is off unless it is switched on, and ${what} then.` : `It is ${what}.`
}

function optionsOf(options: NonNullable<RulePage["options"]>): string {
  const rows = Object.entries(options).map(([name, { help, default: value }]) => [
    `\`${name}\``,
    help,
    `\`${typeof value === "string" ? value : JSON.stringify(value)}\``,
  ])
  return rows.length === 0 ? "" : `\n${table(["option", "", "default"], rows)}\n`
}

function index(pages: readonly (readonly [string, RulePage])[]): string {
  const rows = pages.map(([id, { severity, when, default: level }]) => [
    `[${id}](${id}.md)`,
    level === "off" ? "off" : severity,
    when,
  ])
  return `# Rules of lint

Most of them judge what was seen when a statement ran on a scratch server, not its text. \`lockstep explain <rule>\`
prints the same pages; \`-- accept: <rule> because <reason>\` in the header of a revision silences one. The setting
\`lint.rules\` switches and configures them; those that are off are opinions.

${table(["rule", "by default", "when"], rows)}
`
}
