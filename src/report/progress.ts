import type { Blocker, LockHolder, RunEvent } from "../runner/event.ts"
import type { Colors } from "./colors.ts"
import { count } from "./count.ts"
import { displayWidth } from "./table.ts"
import { printDiagnostic } from "./text.ts"

/** How progress is shown: JSON lines, lines with a last one that is rewritten, plain lines, or not at all. */
export type ProgressForm = "events" | "live" | "lines" | "none"

export interface ProgressOptions {
  readonly form: ProgressForm
  readonly write: (text: string) => void
  readonly paint: Colors
  /** Statements and notices too. */
  readonly verbose: boolean
  /** Width of the terminal. */
  readonly columns: number
}

export interface Progress {
  readonly onEvent: (event: RunEvent) => void
  /** Removes the line that was only for the moment. */
  readonly end: () => void
}

/** Returns what shows the events of a run. */
export function progress(options: ProgressOptions): Progress {
  const { form, write } = options
  if (form === "none") return { onEvent: () => {}, end: () => {} }
  if (form === "events") return { onEvent: (event) => write(`${JSON.stringify(event)}\n`), end: () => {} }
  if (form === "live") return liveProgress(options)
  return {
    onEvent: (event) => {
      const line = eventLine(event, options)
      if (line !== undefined) write(`${line}\n`)
    },
    end: () => {},
  }
}

const frames = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"] as const
const eraseLine = "\r\u001b[2K"

/** Lines that stay, and below them one that tells what is running right now and for how long. */
function liveProgress(options: ProgressOptions): Progress {
  const { write, paint, columns } = options
  let activity: { text: string; since: number } | undefined
  let frame = 0
  const draw = () => {
    if (activity === undefined) return
    frame = (frame + 1) % frames.length
    const seconds = `${((Date.now() - activity.since) / 1000).toFixed(1)}s`
    write(
      `${eraseLine}${paint.cyan(frames[frame] ?? "")} ${cut(activity.text, columns - 12)} ${paint.dim(seconds)}`,
    )
  }
  const timer = setInterval(draw, 100)
  timer.unref()
  const clear = () => {
    if (activity !== undefined) write(eraseLine)
  }
  return {
    onEvent: (event) => {
      clear()
      const line = eventLine(event, options)
      if (line !== undefined) write(`${line}\n`)
      activity = nextActivity(event, activity)
      draw()
    },
    end: () => {
      clearInterval(timer)
      clear()
      activity = undefined
    },
  }
}

function nextActivity(event: RunEvent, now: { text: string; since: number } | undefined) {
  const begin = (text: string) => ({ text, since: Date.now() })
  switch (event.type) {
    case "waiting-for-runner":
      return now ?? begin("waiting for another runner")
    case "revision-started":
      return begin(`${event.revision} ${event.title}`)
    case "step-started":
      return begin(`${event.revision} ${event.step}/${event.steps} ${oneLine(event.sql)}`)
    case "lock-not-available":
      return begin(`${event.revision} waits before try ${event.attempt + 1} of ${event.attempts}`)
    case "revision-finished":
    case "revision-failed":
      return undefined
    default:
      return now
  }
}

/** One event as one line (or several) that stays; undefined for what is not worth one. */
export function eventLine(
  event: RunEvent,
  { paint, verbose }: Pick<ProgressOptions, "paint" | "verbose">,
): string | undefined {
  switch (event.type) {
    case "connected":
      return paint.dim(
        `connected to ${event.database} as ${event.user}, PostgreSQL ${event.server}${environment(event)}`,
      )
    case "waiting-for-runner":
      return event.waitedMs === 0 ? `waiting for another runner${holder(event.holder)}` : undefined
    case "planned":
      if (event.revisions.length === 0) return undefined
      return `${count(event.revisions.length, "revision")} to ${event.direction === "up" ? "apply" : "undo"}`
    case "revision-started":
      if (!verbose) return undefined
      return paint.dim(
        `${event.revision} begins (${event.file}${event.attempt > 1 ? `, try ${event.attempt}` : ""})`,
      )
    case "step-started":
      return verbose
        ? paint.dim(
            `  ${event.step}/${event.steps} ${event.file}:${event.line} ${cut(oneLine(event.sql), 80)}`,
          )
        : undefined
    case "step-finished":
      return verbose ? paint.dim(`  ${event.step}/${event.steps} ${seconds(event.durationMs)}`) : undefined
    case "step-resumed":
      return paint.yellow(`${event.revision} resumes at step ${event.step}: ${event.found}`)
    case "lock-not-available":
      return lockLine(event, paint)
    case "notice":
      return verbose || event.severity === "WARNING"
        ? `${event.severity.toLowerCase()}: ${event.message}`
        : undefined
    case "revision-finished":
      return `${paint.green("✓")} ${event.revision} ${event.direction === "up" ? "applied" : "undone"} ${paint.dim(seconds(event.durationMs))}`
    case "revision-failed":
      return `${paint.red("✗")} ${event.revision} failed`
    case "recorded":
      return verbose || event.command === "deploy"
        ? paint.dim(`history: ${count(event.entries, "row")}, head ${event.head.slice(0, 12)}`)
        : undefined
    case "diagnostic":
      return printDiagnostic(event.diagnostic, paint)
  }
}

function lockLine(event: RunEvent & { type: "lock-not-available" }, paint: Colors): string {
  const head = `${event.revision} did not get its lock (try ${event.attempt} of ${event.attempts}), again in ${seconds(event.retryInMs)}`
  return [paint.yellow(head), ...event.blockers.map((blocker) => `  ${blockerText(blocker)}`)].join("\n")
}

/** Describes a session that stood in the way: `pid 4711 api (app), idle in transaction for 12s: update users ...`. */
function blockerText({ pid, application, user, state, ageMs, query }: Blocker): string {
  const text = query === undefined ? "" : `: ${cut(oneLine(query), 80)}`
  return `held by pid ${pid} ${application} (${user}), ${state} for ${seconds(ageMs)}${text}`
}

function holder(found: LockHolder | undefined): string {
  if (found === undefined) return ""
  const from = found.client === undefined ? "" : ` from ${found.client}`
  return `: pid ${found.pid} ${found.application} (${found.user})${from}, since ${found.since}`
}

function environment(event: RunEvent & { type: "connected" }): string {
  return event.environment === undefined ? "" : `, environment ${event.environment}`
}

/** Prints a duration for a person: `12ms`, `3.4s`, `2min 5s`. */
export function seconds(milliseconds: number): string {
  if (milliseconds < 1000) return `${Math.round(milliseconds)}ms`
  if (milliseconds < 59_950) return `${(milliseconds / 1000).toFixed(1)}s`
  const whole = Math.round(milliseconds / 1000)
  const hours = Math.floor(whole / 3600)
  const minutes = Math.floor((whole % 3600) / 60)
  return hours > 0 ? `${hours}h ${minutes}min` : `${minutes}min ${whole % 60}s`
}

function oneLine(sql: string): string {
  return sql.replace(/\s+/g, " ").trim()
}

function cut(text: string, width: number): string {
  if (displayWidth(text) <= width) return text
  let shown = ""
  for (const character of text) {
    if (displayWidth(shown + character) >= width) break
    shown += character
  }
  return `${shown}…`
}
