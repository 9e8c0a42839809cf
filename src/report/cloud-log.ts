import type { Diagnostic, Severity } from "../diagnostic.ts"
import type { RunEvent } from "../runner/event.ts"
import { colors } from "./colors.ts"
import { eventLine } from "./progress.ts"
import { printDiagnostic } from "./text.ts"

/** As Cloud Logging names them. */
export type LogSeverity = "DEBUG" | "INFO" | "NOTICE" | "WARNING" | "ERROR"

/** The trace that whoever started this process is in. */
export interface LogTrace {
  /** `projects/<project>/traces/<id>`, or the id alone where the project is not known. */
  readonly trace: string
  readonly spanId: string
  readonly sampled: boolean
}

export interface CloudLogOptions {
  /** Who and what runs. What is found out while it runs is added. */
  readonly labels: Readonly<Record<string, string>>
  readonly trace?: LogTrace
  /** Statements and notices too. */
  readonly verbose: boolean
  readonly now: () => Date
}

/** Makes lines of what a run says. */
export interface CloudLog {
  /** Undefined for what is not worth a line. */
  event(event: RunEvent): string | undefined
  diagnostic(diagnostic: Diagnostic): string
  result(message: string, facts: { readonly exit: number; readonly result?: unknown }): string
}

const plain = colors(false)

const severities: Readonly<Record<Severity, LogSeverity>> = {
  error: "ERROR",
  warning: "WARNING",
  note: "NOTICE",
}

/** Container runtimes cut a line of a log after 16 KiB, and half an object is none. */
const longestLine = 15_000
const longestMessage = 8000

/**
 * Returns what makes JSON objects, one a line, with the fields that Cloud Logging knows: `severity`, `message`, `time`,
 * labels, trace, and the place in a file. Every other collector finds ordinary JSON.
 *
 * @see Google Cloud documentation, "Structured logging", special fields in a message's payload
 */
export function cloudLog({ labels, trace, verbose, now }: CloudLogOptions): CloudLog {
  const known: Record<string, string> = { ...labels }
  const line = (
    severity: LogSeverity,
    message: string,
    more: Readonly<Record<string, unknown>>,
    own: Readonly<Record<string, string>> = {},
  ): string => {
    const short = message.length > longestMessage ? `${message.slice(0, longestMessage)}…` : message
    const head = {
      severity,
      message: short,
      time: now().toISOString(),
      "logging.googleapis.com/labels": { ...known, ...own },
      ...(trace === undefined
        ? {}
        : {
            "logging.googleapis.com/trace": trace.trace,
            "logging.googleapis.com/spanId": trace.spanId,
            "logging.googleapis.com/trace_sampled": trace.sampled,
          }),
    }
    const whole = JSON.stringify({ ...head, ...more })
    return whole.length <= longestLine ? whole : JSON.stringify(head)
  }
  const ofDiagnostic = (diagnostic: Diagnostic, own: Readonly<Record<string, string>> = {}): string => {
    const { severity, location } = diagnostic
    const source =
      location === undefined
        ? {}
        : {
            "logging.googleapis.com/sourceLocation": {
              file: location.file,
              line: String(location.line),
            },
          }
    return line(
      severities[severity],
      printDiagnostic(diagnostic, plain),
      { ...source, diagnostic },
      { code: diagnostic.code, ...own },
    )
  }
  return {
    event(event) {
      if (event.type === "connected") {
        known.database = event.database
        if (event.environment !== undefined) known.environment = event.environment
      }
      if (event.type === "diagnostic") return ofDiagnostic(event.diagnostic)
      const message = eventLine(event, { paint: plain, verbose })
      if (message === undefined) return undefined
      const own = "revision" in event && event.revision !== undefined ? { revision: event.revision } : {}
      return line(severityOf(event), message, { event }, own)
    },
    diagnostic: (diagnostic) => ofDiagnostic(diagnostic),
    result: (message, { exit, result }) => {
      const { database } = (result ?? {}) as { readonly database?: unknown }
      if (typeof database === "string") known.database = database
      return line(exit === 0 ? "INFO" : exit === 3 ? "WARNING" : "ERROR", message, {
        exit,
        ...(result === undefined ? {} : { result }),
      })
    },
  }
}

function severityOf(event: RunEvent): LogSeverity {
  switch (event.type) {
    case "revision-failed":
      return "ERROR"
    case "lock-not-available":
    case "step-resumed":
      return "WARNING"
    case "notice":
      return event.severity === "WARNING" ? "WARNING" : "DEBUG"
    case "waiting-for-runner":
    case "recorded":
      return "NOTICE"
    case "step-started":
    case "step-finished":
    case "revision-started":
      return "DEBUG"
    default:
      return "INFO"
  }
}
