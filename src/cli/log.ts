import { maskSecrets } from "../db/mask.ts"
import type { Diagnostic } from "../diagnostic.ts"
import { type CloudLog, cloudLog } from "../report/cloud-log.ts"
import { colors } from "../report/colors.ts"
import type { RunEvent } from "../runner/event.ts"
import { findActor } from "./actor.ts"
import type { Command, Outcome } from "./command.ts"
import type { GlobalOptions } from "./globals.ts"
import type { Io, Output } from "./io.ts"
import { logTraceOf } from "./listeners/trace-parent.ts"
import type { Failure } from "./report.ts"
import { maskData } from "./secrets.ts"

const plain = colors(false)

/** A command's words as JSON lines: progress and results on standard output, what went wrong on standard error. */
export class Log {
  readonly #io: Io
  /** Of progress and results. */
  readonly #out: Output
  readonly #lines: CloudLog
  readonly #globals: GlobalOptions

  constructor({ name: command, logs }: Pick<Command, "name" | "logs">, globals: GlobalOptions, io: Io) {
    this.#io = io
    this.#out = logs === "stderr" ? io.stderr : io.stdout
    this.#globals = globals
    const { commit, release, platform } = findActor(io.cwd, io.env)
    const known = { command, environment: globals.env, commit, release, platform }
    const labels = Object.fromEntries(
      Object.entries(known).filter((entry): entry is [string, string] => entry[1] !== undefined),
    )
    const trace = logTraceOf(io.env)
    this.#lines = cloudLog({
      labels,
      ...(trace === undefined ? {} : { trace }),
      verbose: globals.verbose,
      now: () => new Date(),
    })
  }

  event(event: RunEvent): void {
    const isWarning = event.type === "diagnostic"
    const line = this.#lines.event(maskData(event) as RunEvent)
    if (line === undefined || (this.#globals.quiet && !isError(event))) return
    ;(isWarning ? this.#io.stderr : this.#out).write(`${line}\n`)
  }

  diagnostic(diagnostic: Diagnostic): void {
    if (this.#globals.quiet && diagnostic.severity !== "error") return
    this.#io.stderr.write(`${this.#lines.diagnostic(maskData(diagnostic) as Diagnostic)}\n`)
  }

  /** The last word. What another program is meant to read is printed as it is. */
  result({ text = "", result, verbatim }: Outcome | Failure, exit: number): void {
    if (this.#globals.quiet) return
    const shown = typeof text === "string" ? text : text(plain)
    if (shown.trim() === "") return
    if (verbatim) this.#out.write(shown.endsWith("\n") ? shown : `${shown}\n`)
    else
      this.#out.write(
        `${this.#lines.result(maskSecrets(shown.trimEnd()), { exit, result: maskData(result) })}\n`,
      )
  }
}

function isError(event: RunEvent): boolean {
  return event.type === "diagnostic" && event.diagnostic.severity === "error"
}
