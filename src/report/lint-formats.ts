import type { Finding } from "../lint/finding.ts"
import type { AcceptedFinding } from "../lint/revision.ts"
import { type RulePage, rulePages } from "../lint/rules.ts"
import { version } from "../version.ts"
import { count } from "./count.ts"
import { printAnnotations } from "./github.ts"

/** Prints findings as commands of GitHub Actions, the worst first: only the first ten of a kind are shown. */
export function printFindingAnnotations(findings: readonly Finding[]): string {
  return printAnnotations(
    findings.map(({ rule, severity, message, file, line, fix }) => ({
      code: rule,
      severity,
      message,
      location: { file, line },
      hint: fix ?? rulePages[rule].fix,
    })),
  )
}

const levels = { error: "error", warning: "warning", note: "note" } as const

/** Prints findings as SARIF 2.1.0, which code scanning reads. */
export function printSarif(findings: readonly Finding[]): string {
  const used = [...new Set(findings.map(({ rule }) => rule))].sort()
  const rules = used.map((id) => {
    const { when, why, fix, severity }: RulePage = rulePages[id]
    return {
      id,
      shortDescription: { text: when },
      fullDescription: { text: why },
      help: { text: fix, markdown: fix },
      defaultConfiguration: { level: levels[severity] },
    }
  })
  const results = findings.map(({ rule, severity, message, file, line }) => ({
    ruleId: rule,
    ruleIndex: used.indexOf(rule),
    level: levels[severity],
    message: { text: message },
    locations: [{ physicalLocation: { artifactLocation: { uri: file }, region: { startLine: line } } }],
  }))
  const document = {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [{ tool: { driver: { name: "lockstep", version, rules } }, results }],
  }
  return JSON.stringify(document, undefined, 2)
}

const marks = { error: "❌", warning: "⚠️", note: "ℹ️" } as const

/** Prints findings as a comment for a pull request. */
export function printMarkdown(
  findings: readonly Finding[],
  accepted: readonly AcceptedFinding[] = [],
): string {
  const said = accepted.map(
    ({ rule, file, line, because }) => `- accepted: **${rule}** at \`${file}:${line}\`, because ${because}`,
  )
  const silenced = said.length === 0 ? [] : [said.join("\n")]
  if (findings.length === 0)
    return ["### Migrations: nothing found", "No statement holds up what serves.", ...silenced].join("\n\n")
  const errors = findings.filter(({ severity }) => severity === "error").length
  return [
    `### Migrations: ${count(findings.length, "finding")}, ${count(errors, "error")}`,
    ...findings.map(({ rule, severity, message, statement, file, line, fix }) =>
      [
        `${marks[severity]} **${rule}** at \`${file}:${line}\`: ${message}`,
        ...(statement === "" ? [] : ["", "```sql", statement, "```"]),
        ...(fix === undefined ? ["", rulePages[rule].fix] : ["", "Instead:", "", "```sql", fix, "```"]),
      ].join("\n"),
    ),
    ...silenced,
  ].join("\n\n")
}
