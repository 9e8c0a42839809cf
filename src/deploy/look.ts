import type { CheckPolicy, Evidence, PreflightCheck, Situation } from "./check.ts"

/** One line of a preflight, with what it means under the policy. */
export interface CheckedLine extends Omit<Evidence, "finding"> {
  readonly check: string
  /** `stop`: a deploy does not begin. */
  readonly state: "ok" | "warning" | "stop" | "unknown"
}

/** What the environment says of each check; what it does not name is as the check itself says. */
export type PreflightPolicy = Readonly<Record<string, CheckPolicy>>

/** Looks at everything that the policy does not turn off. Changes nothing. */
export async function lookAll(
  list: readonly PreflightCheck[],
  situation: Situation,
  policy: PreflightPolicy,
): Promise<readonly CheckedLine[]> {
  const lines: CheckedLine[] = []
  for (const check of list) {
    const rule = policy[check.id] ?? check.otherwise
    if (rule === "off") continue
    const found = await check.look(situation)
    if (found !== undefined) lines.push(line(check.id, found, rule))
  }
  return lines
}

function line(check: string, { finding, ...said }: Evidence, rule: "stop" | "warn"): CheckedLine {
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
