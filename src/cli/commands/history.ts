import {
  type EventsResult,
  events,
  type HistoryEntry,
  type HistoryResult,
  history as readHistory,
} from "../../api/history.ts"
import { acceptTrail, type TrailResult, verifyHistory } from "../../api/trail.ts"
import { ToolError } from "../../diagnostic.ts"
import { brokenText } from "../../history/chain.ts"
import type { AppliedFacts, LoggedEvent } from "../../history/log.ts"
import type { Colors } from "../../report/colors.ts"
import { drawGraph, drawingOrder } from "../../report/graph.ts"
import { seconds } from "../../report/progress.ts"
import { printTable } from "../../report/table.ts"
import { defineCommand } from "../command.ts"
import { given } from "../given.ts"
import { countsFromApplied } from "../revision-target.ts"

export const history = defineCommand({
  name: "history",
  description:
    "Lists the revisions of the folder, newest first. With `--applied` the database is asked which of them it has, when they ran and who ran them. With `--log` or `--failed` it prints instead what was done and tried on the database.",
  operands: { range: { help: "`a:b`, `a:`, `:b`; ends may be ids, `base`, `current`, `head`, `-3`" } },
  options: {
    range: { type: "text", short: "r", value: "a:b", help: "The same as the word" },
    graph: { type: "flag", help: "Draw the graph" },
    applied: {
      type: "flag",
      short: "i",
      help: "Ask the database what is applied, and mark it",
    },
    log: { type: "flag", help: "Print what was done and tried on the database, newest first" },
    failed: {
      type: "flag",
      help: "As `--log`, only what failed or was interrupted, and deploys that were cut off: whose process was killed",
    },
    verify: {
      type: "flag",
      help: "Compute the chain of hashes over all that was recorded, print its head, and say what was changed",
    },
    acceptAltered: {
      type: "flag",
      help: "Record that what `--verify` finds changed is known, so that runs may begin again; needs `--because`",
    },
    because: { type: "text", value: "reason", help: "The reason for `--accept-altered`; recorded" },
    limit: { type: "number", minimum: 1, default: 50, help: "How many entries of `--log` or `--failed`" },
  },
  examples: [
    { line: "history --graph", says: "the revisions as a graph" },
    { line: "history --applied --verbose", says: "when each ran, and who ran it" },
    { line: "history -3:current", says: "the three last applied revisions and where they start" },
    { line: "history --failed", says: "why the last deploy failed, after its container is gone" },
    { line: "history --verify", says: "whether anybody has changed what was recorded" },
  ],
  async run(options, operands, context) {
    if (options.verify || options.acceptAltered) {
      const result = options.acceptAltered
        ? await acceptTrail({ ...(await context.runOptions()), ...given({ because: options.because }) })
        : await verifyHistory(await context.targetOptions())
      return { result, exit: result.intact ? 0 : 3, text: (paint) => trailText(result, paint) }
    }
    if (options.log || options.failed) {
      const result = await events({
        ...(await context.targetOptions()),
        failed: options.failed,
        limit: options.limit,
      })
      return { result, text: (paint) => eventsText(result, paint) }
    }
    if (operands.range !== undefined && options.range !== undefined)
      throw new ToolError("wrong-operands", "the range was given twice", { subject: operands.range })
    const range = operands.range ?? options.range
    const withDatabase = options.applied || countsFromApplied(range ?? "")
    const result = await readHistory({
      ...(withDatabase ? await context.targetOptions() : await context.projectOptions()),
      withDatabase,
      ...given({ range }),
    })
    const look: Look = { withDatabase, verbose: context.globals.verbose }
    return {
      result,
      text: (paint) =>
        options.graph ? graphText(result.revisions, look, paint) : listText(result, look, paint),
    }
  },
})

interface Look {
  readonly withDatabase: boolean
  readonly verbose: boolean
}

function listText({ revisions, repeatables }: HistoryResult, look: Look, paint: Colors): string {
  const entries = [...revisions, ...repeatables]
  if (entries.length === 0) return "no revisions"
  if (look.verbose) {
    const blocks = entries.map((entry) => {
      const lines = facts(entry, repeatables.includes(entry) ? "runs again whenever it changes" : undefined)
      return [`${mark(entry, look, paint)}${paint.bold(entry.id)}`, ...lines].join("\n")
    })
    return blocks.join("\n\n")
  }
  const rows = revisions.map((entry) => [mark(entry, look, paint) + entry.id, described(entry, paint)])
  const again = repeatables.map((entry) => [
    mark(entry, look, paint) + entry.id,
    entry.title + paint.dim(" (repeatable)"),
  ])
  return printTable([...rows, ...again])
}

function graphText(revisions: readonly HistoryEntry[], look: Look, paint: Colors): string {
  const nodes = drawingOrder([...revisions].reverse()).map((entry) => ({
    id: entry.id,
    parents: entry.parents,
    mark: entry.applied === undefined ? "○" : "●",
    lines: [`${paint.yellow(entry.id)} ${described(entry, paint)}`, ...(look.verbose ? facts(entry) : [])],
  }))
  return nodes.length === 0 ? "no revisions" : drawGraph(nodes)
}

function mark({ applied }: HistoryEntry, { withDatabase }: Look, paint: Colors): string {
  if (!withDatabase) return ""
  return applied === undefined ? `${paint.yellow("○")} ` : `${paint.green("●")} `
}

function described(
  { title, isHead, isCurrent, labels, parents, dependsOn, phase, applied }: HistoryEntry,
  paint: Colors,
): string {
  const notes = [
    isHead && "head",
    isCurrent && "current",
    parents.length === 0 && "base",
    parents.length > 1 && "merge",
    phase,
    dependsOn.length > 0 && `depends on ${dependsOn.join(", ")}`,
    applied?.outcome === "stamped" && "stamped",
  ].filter((note) => typeof note === "string")
  const branch = labels.length === 0 ? "" : paint.cyan(` [${labels.join(", ")}]`)
  return `${title}${branch}${notes.length === 0 ? "" : paint.dim(` (${notes.join(", ")})`)}`
}

function facts(
  { title, file, parents, dependsOn, labels, author, created, why, version, applied }: HistoryEntry,
  repeats?: string,
): string[] {
  const rows: [string, string | undefined][] = [
    ["title", title],
    ["file", file],
    repeats === undefined
      ? ["parents", parents.length === 0 ? "none (base)" : parents.join(", ")]
      : ["repeatable", repeats],
    ["depends on", dependsOn.join(", ")],
    ["branch", labels.join(", ")],
    ["version", version],
    ["author", author],
    ["created", created],
    ["why", why],
  ]
  if (applied !== undefined) {
    const { at, durationMs, outcome, commit, release } = applied
    rows.push(
      [outcome, `${at} by ${who(applied)} in ${seconds(durationMs)}`],
      ["commit", commit],
      ["release", release],
    )
  }
  return printTable(rows.flatMap(([name, value]) => (value ? [[`  ${name}`, value]] : []))).split("\n")
}

function trailText({ database, entries, head, broken, intact }: TrailResult, paint: Colors): string {
  if (entries === 0 && broken.length === 0) return `nothing is recorded in ${database}`
  const verdict = intact
    ? `${paint.green("✓")} ${database}: ${entries} rows, each as it was written`
    : `${paint.red("✗")} ${database}: what was recorded is not what was written`
  const lines = broken.map((link) =>
    link.accepted === undefined
      ? `  ${brokenText(link)}`
      : paint.dim(`  ${brokenText(link)}; accepted because: ${link.accepted}`),
  )
  return [verdict, ...lines, `head ${head}`].join("\n")
}

function eventsText({ events: found }: EventsResult, paint: Colors): string {
  if (found.length === 0) return "nothing is recorded"
  return found.map((event) => eventText(event, paint)).join("\n")
}

function eventText(event: LoggedEvent, paint: Colors): string {
  const { at, kind, revision, durationMs, errorCode, sqlState, message, command, commit } = event
  const time = durationMs === undefined ? "" : ` in ${seconds(durationMs)}`
  const code = [errorCode, sqlState].filter((part) => part !== undefined).join(", ")
  const head = `${paint.dim(at)}  ${errorCode === undefined ? kind : paint.red(kind)} ${revision ?? ""}${time}`
  const said = message === undefined ? [] : [`  ${message}${code === "" ? "" : ` [${code}]`}`]
  const reason = reasonOf(event)
  const source = commit === undefined ? "" : `, commit ${commit.slice(0, 12)}`
  return [
    head.trimEnd(),
    ...said,
    ...(reason === undefined ? [] : [`  because: ${reason}`]),
    paint.dim(`  ${command} by ${who(event)}${source}`),
  ].join("\n")
}

/** The reason that was given with `--because`. */
function reasonOf({ details }: LoggedEvent): string | undefined {
  if (typeof details !== "object" || details === null || !("because" in details)) return undefined
  return typeof details.because === "string" ? details.because : undefined
}

/** The database user, and behind it the person and the machine: `migrator (ada@laptop)`. */
function who({ databaseUser, osUser, host }: Pick<AppliedFacts, "databaseUser" | "osUser" | "host">): string {
  const person = [osUser, host].filter((part) => part !== undefined).join("@")
  return person === "" ? databaseUser : `${databaseUser} (${person})`
}
