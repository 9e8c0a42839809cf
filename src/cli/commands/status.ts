import type { RevisionSummary } from "../../api/project.ts"
import { status as readStatus, type StatusResult } from "../../api/status.ts"
import type { Colors } from "../../report/colors.ts"
import { count } from "../../report/count.ts"
import { printTable } from "../../report/table.ts"
import { defineCommand } from "../command.ts"
import type { GlobalOptions } from "../globals.ts"
import { metricsOption } from "../tell-options.ts"

export const status = defineCommand({
  name: "status",
  description:
    "Says which revisions the database is at, what is pending, what an interrupted run has left, and whether the folder and the history agree. Reads only: a database that Lockstep never touched stays untouched.",
  options: {
    check: {
      type: "flag",
      help: "Exit with 3 where something is pending that no deploy has held, something is in flight, or the folder and the history do not agree",
    },
    ...metricsOption,
  },
  examples: [
    { line: "status", says: "where the database stands" },
    { line: "status --check --quiet", says: "in a script: exit 0 only when nothing is pending" },
    { line: "status --json", says: "for programs" },
  ],
  async run({ check }, _, context) {
    const { outOfOrder } = await context.configuration()
    const result = await readStatus({ ...(await context.targetOptions()), outOfOrder })
    const clean =
      result.pending.every(({ id }) => isHeld(result, id)) &&
      result.inFlight.length === 0 &&
      result.findings.every(({ severity }) => severity !== "error")
    return {
      result,
      diagnostics: result.findings,
      exit: check && !clean ? 3 : 0,
      text: (paint) => statusText(result, wordsOf(context.globals), paint),
    }
  },
})

function isHeld({ held }: StatusResult, id: string): boolean {
  return held.some((each) => each.id === id)
}

const mostPending = 20

/** What has to stand in the next command line too, because it stood in this one. */
function wordsOf({ env, database }: GlobalOptions): string {
  const words = [
    ...(env === undefined ? [] : ["--env", env]),
    ...(database === undefined ? [] : ["--database", database]),
  ]
  return words.map((word) => ` ${word}`).join("")
}

function statusText(result: StatusResult, words: string, paint: Colors): string {
  const { database, environment, server, user, managed, current, heads, appliedCount, pending, inFlight } =
    result
  const isHead = ({ id }: RevisionSummary) => heads.some((head) => head.id === id)
  const marks = [environment && `environment ${environment}`, result.protected && "protected"].filter(Boolean)
  const rows = [
    ["database", `${paint.bold(database)}, PostgreSQL ${server}, as ${user}`],
    ...(marks.length === 0 ? [] : [["", marks.join(", ")]]),
    ["applied", managed ? String(appliedCount) : "nothing yet: Lockstep has never written to this database"],
    ...current.map((revision, index) => [
      index === 0 ? "at" : "",
      `${paint.green(revision.id)}  ${revision.title}${isHead(revision) ? paint.dim("  (head)") : ""}`,
    ]),
    ...inFlight.map(({ id, direction, stepsDone }) => [
      paint.yellow("in flight"),
      `${id}, ${direction === "up" ? "upgrade" : "downgrade"} interrupted after ${count(stepsDone, "step")}`,
    ]),
    ...result.held.flatMap(({ id, reasons }) =>
      reasons.map((reason, index) => [index === 0 ? paint.yellow("held") : "", `${id}: ${reason}`]),
    ),
    ["pending", pending.length === 0 ? paint.green("nothing") : String(pending.length)],
  ]
  const shown = pending
    .slice(0, mostPending)
    .map(({ id, title, file }) => [`  ${paint.yellow(id)}`, title, paint.dim(file)])
  const parts = [printTable(rows)]
  if (shown.length > 0) parts.push(printTable(shown))
  if (pending.length > mostPending) parts.push(`  ... and ${pending.length - mostPending} more`)
  const free = pending.filter(({ id }) => !isHeld(result, id))
  if (free.length > 0 || inFlight.length > 0) parts.push(paint.dim(`next: ${nextStep(heads.length, words)}`))
  return parts.join("\n")
}

function nextStep(heads: number, words: string): string {
  if (heads < 2) return `lockstep upgrade${words}`
  return `the folder has ${heads} heads: lockstep rebase, lockstep merge, or lockstep upgrade heads${words}`
}
