import type { CheckPolicy, Evidence, PreflightCheck, Situation } from "./check.ts"

/** One line of a preflight, with what it means under the policy. */
export interface CheckedLine extends Omit<Evidence, "finding"> {
  readonly check: string
  /** `stop`: a deploy does not begin. */
  readonly state: "ok" | "warning" | "stop" | "unknown"
  /** Somebody has let it pass, for a reason that is recorded. */
  readonly overridden?: true
}

/** What the environment says of each check; what it does not name is as the check itself says. */
export type PreflightPolicy = Readonly<Record<string, CheckPolicy>>

/** Looks at everything that the policy does not turn off. Changes nothing. */
export async function lookAll(
  list: readonly PreflightCheck[],
  situation: Situation,
  policy: PreflightPolicy,
  overrides: ReadonlySet<string> = new Set(),
): Promise<readonly CheckedLine[]> {
  const lines: CheckedLine[] = []
  for (const check of list) {
    const rule = policy[check.id] ?? check.otherwise
    if (rule === "off") continue
    const found = await check.look(situation)
    if (found === undefined) continue
    const line = lineOf(check.id, found, rule)
    const passes = line.state === "stop" && found.finding === "concern" && overrides.has(check.id)
    lines.push(passes ? { ...line, state: "warning", overridden: true } : line)
  }
  return lines
}

function lineOf(check: string, { finding, ...said }: Evidence, rule: "stop" | "warn"): CheckedLine {
  return { check, state: stateOf(finding, rule), ...said }
}

function stateOf(finding: Evidence["finding"], rule: "stop" | "warn"): CheckedLine["state"] {
  switch (finding) {
    case "refusal":
      return "stop"
    case "concern":
      return rule === "stop" ? "stop" : "warning"
    default:
      return finding
  }
}
