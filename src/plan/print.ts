import type { ByHand, Plan, PlannedStep } from "./plan.ts"

/**
 * Returns the plan as a script that psql runs as it is: transactions written out, each statement that forbids one
 * outside of them. An empty plan is an empty text.
 */
export function printScript({ steps, byHand }: Plan): string {
  let text = ""
  let open = false
  for (const step of steps) {
    if (step.transaction === "forbidden" && open) text += "commit;\n\n"
    if (step.transaction === "allowed" && !open) text += "begin;\n\n"
    open = step.transaction === "allowed"
    text += printStep(step)
  }
  if (open) text += "commit;\n"
  return [text, ...byHand.map(printByHand)].filter((part) => part !== "").join("\n")
}

function printByHand({ sql, because }: ByHand): string {
  return `-- by hand, since ${because}:\n${`${sql};`.replaceAll(/^/gm, "--   ")}\n`
}

function printStep({ sql, losesData }: PlannedStep): string {
  return `${losesData === undefined ? "" : `-- loses ${losesData}\n`}${sql};\n\n`
}
