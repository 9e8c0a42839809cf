import type { CheckedLine } from "../deploy/look.ts"
import type { Colors } from "./colors.ts"
import { displayWidth } from "./table.ts"

/** Prints one line of evidence for each check, its details below it. */
export function printChecks(lines: readonly CheckedLine[], paint: Colors): string {
  const width = Math.max(0, ...lines.map(({ check }) => displayWidth(check)))
  return lines
    .flatMap(({ check, state, evidence, details = [], fix }) => [
      `${markOf(state, paint)} ${check.padEnd(width)}  ${evidence}`,
      ...details.map((detail) => paint.dim(`    ${detail}`)),
      ...(fix === undefined || state === "ok" ? [] : [`    ${paint.cyan("way out:")} ${fix}`]),
    ])
    .join("\n")
}

function markOf(state: CheckedLine["state"], paint: Colors): string {
  switch (state) {
    case "ok":
      return paint.green("✓")
    case "warning":
      return paint.yellow("!")
    case "stop":
      return paint.red("✗")
    case "unknown":
      return paint.dim("?")
  }
}
