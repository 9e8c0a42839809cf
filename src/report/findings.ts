import type { Finding } from "../lint/finding.ts"
import { rulePages } from "../lint/rules.ts"
import type { Colors } from "./colors.ts"
import { count } from "./count.ts"

/** Prints findings for a person: place, statement, what happens, and what to write instead. */
export function printFindings(findings: readonly Finding[], paint: Colors): string {
  if (findings.length === 0) return `${paint.green("nothing found")}: no statement holds up what serves`
  const errors = findings.filter(({ severity }) => severity === "error").length
  const summary = `${count(findings.length, "finding")}, ${count(errors, "error")}`
  const [first] = findings
  const more = `why, and how it is done safely: lockstep explain ${first?.rule}`
  return [...findings.map((finding) => printFinding(finding, paint)), `${summary}\n${paint.dim(more)}`].join(
    "\n\n",
  )
}

function printFinding(
  { rule, severity, statement, message, file, line, fix }: Finding,
  paint: Colors,
): string {
  const color = severity === "error" ? paint.red : severity === "warning" ? paint.yellow : paint.dim
  const first = statement.split("\n")[0] ?? ""
  const shown = first.length < statement.length || first.length > 100 ? `${first.slice(0, 100)} ...` : first
  return [
    `${paint.bold(`${file}:${line}`)} ${color(severity)} ${message} ${paint.dim(`[${rule}]`)}`,
    ...(statement === "" ? [] : [`  ${paint.dim(shown)}`]),
    ...(fix === undefined
      ? severity === "note"
        ? []
        : [`  ${paint.dim("instead:")} ${rulePages[rule].fix}`]
      : ["  instead:", ...fix.split("\n").map((each) => `    ${paint.green(each)}`)]),
  ].join("\n")
}
