import { ToolError } from "../diagnostic.ts"
import { sha256 } from "../revisions/sha256.ts"
import type { DeployPlan } from "./plan.ts"

/** A plan as it is kept in a file. */
interface PlanFile extends DeployPlan {
  /** Of the JSON text of all the rest: what was edited is no plan that anybody has read. */
  readonly checksum: string
}

/** Prints a plan as the file that `upgrade --plan` reads. */
export function printPlanFile(plan: DeployPlan): string {
  const file: PlanFile = { ...plan, checksum: sha256(JSON.stringify(plan)) }
  return `${JSON.stringify(file, undefined, 2)}\n`
}

/**
 * Reads what `printPlanFile` has printed.
 *
 * @param name of the file, for messages
 * @throws ToolError `plan-unreadable`
 */
export function parsePlanFile(text: string, name: string): DeployPlan {
  const refuse = (because: string, cause?: unknown) =>
    new ToolError("plan-unreadable", `${name} ${because}`, {
      subject: name,
      hint: "make a new one: lockstep plan --out plan.json",
      cause,
    })
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw refuse("is no JSON", error)
  }
  if (!isPlanFile(value)) throw refuse("is no plan of this version of Lockstep")
  const { checksum, ...plan } = value
  if (sha256(JSON.stringify(plan)) !== checksum) throw refuse("was changed since it was written")
  return plan
}

function isPlanFile(value: unknown): value is PlanFile {
  if (typeof value !== "object" || value === null) return false
  const { v, checksum, digest, madeFor, revisions, held } = value as Partial<Record<keyof PlanFile, unknown>>
  return (
    v === 1 &&
    typeof checksum === "string" &&
    typeof digest === "string" &&
    typeof madeFor === "object" &&
    Array.isArray(revisions) &&
    Array.isArray(held)
  )
}
