import type { CheckResult, GuardReport } from "../api/check.ts"
import type { DeployResult } from "../api/deploy.ts"
import type { PreflightResult } from "../api/preflight.ts"
import type { CheckedLine } from "../deploy/look.ts"
import type { DeployPlan, PlannedRevision, PlannedStatement } from "../deploy/plan.ts"
import type { Diagnostic, Severity } from "../diagnostic.ts"
import { bandText } from "../lint/forecast.ts"
import { colors } from "./colors.ts"
import { count } from "./count.ts"
import { statementFacts } from "./plan.ts"
import { seconds } from "./progress.ts"
import { printDiagnostic } from "./text.ts"

const plain = colors(false)

const signs: Readonly<Record<Severity, string>> = { error: "❌", warning: "⚠️", note: "ℹ️" }

/** Text that means itself in Markdown, also in a cell of a table; it calls nobody and links nowhere. */
export function inline(text: string): string {
  return text
    .replace(/\s+/g, " ")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replace(/[\\`*_[\]|~#]/g, "\\$&")
    .replaceAll("@", "&#64;")
}

/** A block that no text inside can end. */
export function fenced(text: string, language = ""): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length))
  const fence = "`".repeat(longest + 1)
  return `${fence}${language}\n${text.trimEnd()}\n${fence}`
}

/** Prints diagnostics: a line each, and what else they say below it. */
export function diagnosticsMarkdown(diagnostics: readonly Diagnostic[]): string {
  return diagnostics
    .map((diagnostic) => {
      const whole = printDiagnostic(diagnostic, plain)
      const [first, ...more] = whole.split("\n")
      const head = `${signs[diagnostic.severity]} **${inline(diagnostic.code)}**: ${inline(diagnostic.message)}`
      return first === undefined || more.length === 0 ? head : `${head}\n\n${fenced(more.join("\n"))}`
    })
    .join("\n\n")
}

/** Prints the answers of `check` as a table, and what was found below it. */
export function guardsMarkdown({ ok, guards }: CheckResult): string {
  const marks = { yes: "✅", no: "❌", skipped: "➖" } as const
  const rows = guards.map(
    ({ guard, verdict, evidence }: GuardReport) =>
      `| ${marks[verdict]} | ${inline(guard)} | ${inline(evidence)} |`,
  )
  const findings = guards.flatMap((report) => report.findings ?? [])
  const noes = guards.filter(({ verdict }) => verdict === "no").length
  return [
    `### Migrations: ${ok ? "everything holds" : `${count(noes, "check")} of ${guards.length} ${noes === 1 ? "says" : "say"} no`}`,
    ["| | | |", "| --- | --- | --- |", ...rows].join("\n"),
    ...(findings.length === 0 ? [] : [diagnosticsMarkdown(findings)]),
  ].join("\n\n")
}

/** Prints the lines of a preflight as a table. */
export function checksMarkdown(lines: readonly CheckedLine[]): string {
  const marks = { ok: "✅", warning: "⚠️", stop: "❌", unknown: "➖" } as const
  return [
    "| | | | |",
    "| --- | --- | --- | --- |",
    ...lines.map(
      ({ state, check, evidence, fix }) =>
        `| ${marks[state]} | ${inline(check)} | ${inline(evidence)} | ${state === "ok" ? "" : inline(fix ?? "")} |`,
    ),
  ].join("\n")
}

/** Prints a plan for those who review it: per revision what it locks, rewrites and loses, and its SQL folded away. */
export function planMarkdown(plan: DeployPlan): string {
  const { database, environment, digest, revisions, held, notes, forecast } = plan
  const where = environment === undefined ? database : `${database} (${environment})`
  const waits = held.map(({ id, title, reasons }) => heldMarkdown(id, title, reasons))
  if (revisions.length === 0)
    return [`### Migrations: nothing to do for ${inline(where)}`, ...waits].join("\n\n")
  const time = forecast === null ? "" : `, about ${bandText(forecast)}`
  return [
    `### Migrations: ${count(revisions.length, "revision")} for ${inline(where)}${time}`,
    `Plan \`${digest.slice(0, 12)}\`.`,
    ...notes.map((note) => `ℹ️ ${inline(note)}`),
    ...revisions.map(revisionMarkdown),
    ...waits,
  ].join("\n\n")
}

function revisionMarkdown({ id, title, file, phase, mode, statements, findings }: PlannedRevision): string {
  const how = mode === "steps" ? "step by step" : "one transaction"
  const facts = [phase, how].filter((fact) => fact !== null).join(", ")
  const rows = statements.map(
    (statement: PlannedStatement) =>
      `| ${statement.line} | ${statementFacts(statement, mode, plain).map(inline).join("<br>")} |`,
  )
  return [
    `#### ${inline(id)} ${inline(title)} (${facts})`,
    `\`${file.replaceAll("`", "")}\``,
    ["| line | what it does |", "| --- | --- |", ...rows].join("\n"),
    ...findings.map(
      ({ rule, severity, message, line }) =>
        `${signs[severity]} **${inline(rule)}** in line ${line}: ${inline(message)}`,
    ),
    `<details><summary>SQL</summary>\n\n${fenced(statements.map(({ sql }) => `${sql};`).join("\n"), "sql")}\n\n</details>`,
  ].join("\n\n")
}

/** Prints whether a deploy would begin, and what speaks for it and against it. */
export function preflightMarkdown({ database, ready, checks }: PreflightResult): string {
  const verdict = ready ? "a deploy would begin" : "a deploy would not begin"
  return [`### Preflight of ${inline(database)}: ${verdict}`, checksMarkdown(checks)].join("\n\n")
}

/** Prints what an upgrade has applied. */
export function appliedMarkdown({
  database,
  applied,
  current,
}: Pick<DeployResult, "database" | "applied" | "current">): string {
  const done = applied.length === 0 ? "nothing to do" : `${count(applied.length, "revision")} applied`
  return [`### Upgrade of ${inline(database)}: ${done}`, ...appliedTable(applied), atText(current)].join(
    "\n\n",
  )
}

function atText(current: readonly string[]): string {
  return `The database is at ${current.length === 0 ? "base" : inline(current.join(", "))}.`
}

function appliedTable(applied: DeployResult["applied"]): readonly string[] {
  if (applied.length === 0) return []
  const rows = applied.map(
    ({ id, title, durationMs }) => `| ${inline(id)} | ${inline(title)} | ${seconds(durationMs)} |`,
  )
  return [["| revision | | time |", "| --- | --- | --- |", ...rows].join("\n")]
}

/** Prints what a deploy has done. */
export function deployMarkdown(result: DeployResult): string {
  const { database, environment, release, applied, held, current, checks, backup, exported } = result
  const where = environment === undefined ? database : `${database} (${environment})`
  const done = applied.length === 0 ? "nothing to do" : `${count(applied.length, "revision")} applied`
  const concerns = checks.filter(({ state }) => state !== "ok" && state !== "unknown")
  return [
    `### Deploy of ${inline(where)}${release === undefined ? "" : ` for ${inline(release)}`}: ${done}`,
    atText(current),
    ...appliedTable(applied),
    ...held.map(({ id, title, reasons }) => heldMarkdown(id, title, reasons)),
    ...(backup === undefined ? [] : [`Backup: ${inline(backup)}`]),
    ...(exported === undefined ? [] : [`Exported before it was destroyed: ${inline(exported.place)}`]),
    ...(concerns.length === 0 ? [] : [checksMarkdown(concerns)]),
  ].join("\n\n")
}

function heldMarkdown(id: string, title: string, reasons: readonly string[]): string {
  return `⏸️ **${inline(id)}** ${inline(title)} is held: ${inline(reasons.join("; "))}`
}
