import { afterEach, describe, expect, test, vi } from "vitest"
import type { RunEvent } from "../runner/event.ts"
import { colors } from "./colors.ts"
import { type ProgressForm, progress, seconds } from "./progress.ts"

const run: readonly RunEvent[] = [
  { type: "connected", database: "app", server: "18.4", user: "migrator", environment: "prod" },
  {
    type: "waiting-for-runner",
    holder: { pid: 7, user: "ci", application: "lockstep upgrade", since: "2026-01-02T03:04:05Z" },
    waitedMs: 0,
  },
  { type: "waiting-for-runner", holder: undefined, waitedMs: 500 },
  { type: "planned", direction: "up", revisions: ["4f2a9c"] },
  {
    type: "revision-started",
    revision: "4f2a9c",
    title: "add phone",
    file: "migrations/1_phone.sql",
    direction: "up",
    attempt: 1,
    mode: "transaction",
    steps: 1,
  },
  {
    type: "step-started",
    revision: "4f2a9c",
    step: 1,
    steps: 1,
    sql: "alter table users\n  add column phone text",
    file: "migrations/1_phone.sql",
    line: 5,
  },
  {
    type: "lock-not-available",
    revision: "4f2a9c",
    attempt: 1,
    attempts: 10,
    retryInMs: 500,
    blockers: [
      {
        pid: 4711,
        application: "api",
        user: "app",
        state: "idle in transaction",
        ageMs: 12_000,
        query: "update  users",
      },
    ],
  },
  { type: "notice", severity: "NOTICE", message: "relation exists, skipping", revision: "4f2a9c" },
  { type: "step-finished", revision: "4f2a9c", step: 1, steps: 1, durationMs: 11 },
  { type: "revision-finished", revision: "4f2a9c", direction: "up", durationMs: 1234 },
]

function show(form: ProgressForm, verbose = false, columns = 80): string {
  let shown = ""
  const { onEvent, end } = progress({
    form,
    verbose,
    columns,
    paint: colors(false),
    write: (text) => {
      shown += text
    },
  })
  for (const event of run) onEvent(event)
  end()
  return shown
}

describe("progress", () => {
  test("as lines: what a person reading a log later wants to know", () => {
    expect(show("lines")).toBe(`connected to app as migrator, PostgreSQL 18.4, environment prod
waiting for another runner: pid 7 lockstep upgrade (ci), since 2026-01-02T03:04:05Z
1 revision to apply
4f2a9c did not get its lock (try 1 of 10), again in 500ms
  held by pid 4711 api (app), idle in transaction for 12.0s: update users
✓ 4f2a9c applied 1.2s
`)
  })

  test("verbose: every statement and notice too", () => {
    const shown = show("lines", true)
    expect(shown).toContain("  1/1 migrations/1_phone.sql:5 alter table users add column phone text\n")
    expect(shown).toContain("notice: relation exists, skipping\n")
  })

  test("as events: one JSON document a line, nothing left out", () => {
    const lines = show("events").trimEnd().split("\n")
    expect(lines.map((line) => JSON.parse(line))).toEqual(run)
  })

  test("none", () => {
    expect(show("none")).toBe("")
  })
})

describe("live progress", () => {
  afterEach(() => {
    vi.useRealTimers()
  })

  test("what remains on the terminal is what lines would have shown", () => {
    const remaining = show("live")
      .split("\n")
      .map((line) => line.split("\u001b[2K").at(-1))
      .join("\n")
    expect(remaining).toBe(show("lines"))
  })

  test("the running statement is shown on one line that fits, with the time that it takes", () => {
    vi.useFakeTimers()
    let shown = ""
    const { onEvent, end } = progress({
      form: "live",
      verbose: false,
      columns: 40,
      paint: colors(false),
      write: (text) => {
        shown += text
      },
    })
    const started = run.find((event) => event.type === "step-started")
    if (started !== undefined) onEvent(started)
    vi.advanceTimersByTime(1500)
    const last = shown.slice(shown.lastIndexOf("\r"))
    expect(last).toContain("4f2a9c 1/1 alter table")
    expect(last).toMatch(/… 1\.5s$/)
    expect(last.length).toBeLessThan(46)
    end()
    expect(shown.endsWith("\u001b[2K")).toBe(true)
  })
})

test.each([
  [3, "3ms"],
  [1234, "1.2s"],
  [59_949, "59.9s"],
  [125_000, "2min 5s"],
  [3_720_000, "1h 2min"],
])("%i milliseconds read as %s", (milliseconds, text) => {
  expect(seconds(milliseconds)).toBe(text)
})
