import { ToolError } from "../diagnostic.ts"
import type { Evidence } from "./check.ts"

/** Makes evidence of what a command would refuse. */
export function refusalOf(error: unknown): Evidence {
  if (!(error instanceof ToolError)) throw error
  const { details, hint } = error.facts
  return {
    finding: "refusal",
    evidence: `${error.message} [${error.code}]`,
    ...(details === undefined || details.length === 0 ? {} : { details }),
    ...(hint === undefined ? {} : { fix: hint }),
  }
}
