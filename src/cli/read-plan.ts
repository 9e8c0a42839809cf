import { readFileSync } from "node:fs"
import { resolve } from "node:path"
import type { DeployPlan } from "../deploy/plan.ts"
import { parsePlanFile } from "../deploy/plan-file.ts"
import { ToolError } from "../diagnostic.ts"

/** Reads the plan that `lockstep plan --out` has written. @throws ToolError `plan-unreadable` */
export function readPlan(cwd: string, path: string): DeployPlan {
  let text: string
  try {
    text = readFileSync(resolve(cwd, path), "utf8")
  } catch (error) {
    throw new ToolError("plan-unreadable", `${path} cannot be read`, {
      subject: path,
      hint: `write it: lockstep plan --out ${path}`,
      cause: error,
    })
  }
  return parsePlanFile(text, path)
}
