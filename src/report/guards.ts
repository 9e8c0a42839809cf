import type { CheckResult, GuardReport } from "../api/check.ts"
import type { Colors } from "./colors.ts"
import { printDiagnostic } from "./text.ts"

/** Prints one line for each guard, with its evidence, and below it what it has found. */
export function printGuards({ guards }: CheckResult, paint: Colors): string {
  const width = Math.max(...guards.map(({ guard }) => guard.length))
  return guards.map((report) => printGuard(report, width, paint)).join("\n")
}

function printGuard({ guard, verdict, evidence, findings = [] }: GuardReport, width: number, paint: Colors) {
  const sign = { yes: paint.green("✓"), no: paint.red("✗"), skipped: paint.dim("-") }[verdict]
  const line = `${sign} ${guard.padEnd(width)}  ${verdict === "skipped" ? paint.dim(evidence) : evidence}`
  const found = findings.map((finding) =>
    printDiagnostic(finding, paint)
      .split("\n")
      .map((text) => `    ${text}`)
      .join("\n"),
  )
  return [line, ...found].join("\n")
}
