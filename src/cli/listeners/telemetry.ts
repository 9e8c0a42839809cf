import type { Attributes, Context, Meter, Span, Tracer } from "@opentelemetry/api"
import { maskSecrets } from "../../db/mask.ts"
import type { Diagnostic } from "../../diagnostic.ts"
import { exportsOf, findModule } from "../../project-module.ts"
import type { RunEvent } from "../../runner/event.ts"
import { version } from "../../version.ts"
import type { EndedCommand, Listener } from "./listener.ts"
import { notTold } from "./not-told.ts"
import type { TraceParent } from "./trace-parent.ts"

type Api = typeof import("@opentelemetry/api")

/** The name under which the package keeps what an SDK has registered, for all copies of it in a process. */
const registered = Symbol.for("opentelemetry.js.api.1")

/** How long exporters may take at the end. */
const flushMs = 5000

/** Of a run with more statements than this only revisions have spans. */
const mostStatements = 1000

interface Timed {
  readonly event: RunEvent
  readonly at: number
}

/**
 * Tells OpenTelemetry what was done: a span for the command, in it one for each try of a revision, in that one for each
 * statement, with the places in the files, and metrics of the run. Does nothing where no SDK is registered.
 *
 * Spans are made when the command has ended, with the times that things had: an SDK may be registered as late as in
 * the configuration file.
 */
export function telemetry(cwd: string, parent: TraceParent | undefined): Listener {
  const seen: Timed[] = []
  let statements = 0
  return {
    onEvent(event) {
      if (event.type === "step-started" && ++statements > mostStatements) return
      seen.push({ event, at: Date.now() })
    },
    async end(ended) {
      if (!(registered in globalThis)) return []
      try {
        const api = await loadApi(ended.configuration?.root ?? cwd)
        if (api === undefined)
          return [
            notTold(
              "OpenTelemetry",
              "an SDK is registered, but @opentelemetry/api is not installed in the project",
              "npm install @opentelemetry/api",
            ),
          ]
        const isWhole = statements <= mostStatements
        makeSpans(
          api,
          parent,
          isWhole ? seen : seen.filter(({ event }) => !event.type.startsWith("step-")),
          ended,
        )
        measure(api.metrics.getMeter("lockstep", version), seen, ended)
        await flush(api)
        return []
      } catch (error) {
        return [notTold("OpenTelemetry", error)]
      }
    },
  }
}

async function loadApi(root: string): Promise<Api | undefined> {
  const path = findModule(root, "@opentelemetry/api")
  if (path === undefined) return undefined
  const { pathToFileURL } = await import("node:url")
  return exportsOf(await import(pathToFileURL(path).href)) as unknown as Api
}

function makeSpans(
  api: Api,
  parent: TraceParent | undefined,
  seen: readonly Timed[],
  { command, exit, outcome, startedAt, durationMs, tally, configuration }: EndedCommand,
): void {
  const tracer = api.trace.getTracer("lockstep", version)
  const above = parent === undefined ? api.ROOT_CONTEXT : withParent(api, parent)
  const start = startedAt.getTime()
  const environment = tally.environment ?? configuration?.environment
  const place = tally.database === undefined ? {} : { "db.namespace": tally.database }
  const root = tracer.startSpan(
    `lockstep ${command}`,
    {
      startTime: start,
      attributes: {
        "lockstep.command": command,
        "db.system.name": "postgresql",
        ...place,
        ...(environment === undefined ? {} : { "deployment.environment.name": environment }),
      },
    },
    above,
  )
  const end = start + durationMs
  const error = outcome.diagnostics?.find(({ severity }) => severity === "error")
  root.setAttribute("process.exit.code", exit)
  const tree = new SpanTree(api, tracer, api.trace.setSpan(above, root), place)
  for (const each of seen) tree.add(each, root)
  tree.close(end)
  if (exit !== 0 && error !== undefined) fail(api, root, error)
  root.end(end)
}

function withParent(api: Api, { traceId, spanId, flags }: TraceParent): Context {
  return api.trace.setSpanContext(api.ROOT_CONTEXT, { traceId, spanId, traceFlags: flags, isRemote: true })
}

/** Spans of revisions and of their statements, as the events of a run open and close them. */
class SpanTree {
  readonly #api: Api
  readonly #tracer: Tracer
  readonly #above: Context
  readonly #place: Attributes
  readonly #revisions = new Map<string, Span>()
  #statement: Span | undefined

  constructor(api: Api, tracer: Tracer, above: Context, place: Attributes) {
    this.#api = api
    this.#tracer = tracer
    this.#above = above
    this.#place = place
  }

  add({ event, at }: Timed, root: Span): void {
    switch (event.type) {
      case "revision-started": {
        this.#endRevision(event.revision, at)
        const { revision, title, file, direction, attempt, mode } = event
        const span = this.#tracer.startSpan(
          `${direction === "up" ? "apply" : "undo"} ${revision}`,
          {
            startTime: at,
            attributes: {
              ...this.#place,
              "lockstep.revision.id": revision,
              "lockstep.revision.title": title,
              "lockstep.revision.direction": direction,
              "lockstep.revision.attempt": attempt,
              "lockstep.revision.mode": mode,
              "code.file.path": file,
            },
          },
          this.#above,
        )
        this.#revisions.set(revision, span)
        return
      }
      case "step-started": {
        this.#statement?.end(at)
        const span = this.#revisions.get(event.revision)
        const text = maskSecrets(event.sql)
        const operation = /^\s*([a-z]+)/i.exec(event.sql)?.[1]?.toUpperCase() ?? "statement"
        this.#statement = this.#tracer.startSpan(
          operation,
          {
            kind: this.#api.SpanKind.CLIENT,
            startTime: at,
            attributes: {
              ...this.#place,
              "db.system.name": "postgresql",
              "db.operation.name": operation,
              "db.query.text": text.length > 2000 ? `${text.slice(0, 2000)}…` : text,
              "code.file.path": event.file,
              "code.line.number": event.line,
            },
          },
          span === undefined ? this.#above : this.#api.trace.setSpan(this.#above, span),
        )
        return
      }
      case "step-finished":
        this.#endStatement(at)
        return
      case "lock-not-available": {
        const span = this.#revisions.get(event.revision)
        const [blocker] = event.blockers
        span?.addEvent(
          "lock not available",
          {
            "lockstep.attempt": event.attempt,
            "lockstep.retry_in_ms": event.retryInMs,
            ...(blocker === undefined
              ? {}
              : { "lockstep.blocker.pid": blocker.pid, "lockstep.blocker.application": blocker.application }),
          },
          at,
        )
        this.#endRevision(event.revision, at, "lock not available")
        return
      }
      case "waiting-for-runner":
        root.addEvent("waiting for another runner", { "lockstep.waited_ms": event.waitedMs }, at)
        return
      case "revision-failed": {
        const span = this.#revisions.get(event.revision)
        if (this.#statement !== undefined) fail(this.#api, this.#statement, event.diagnostic)
        if (span !== undefined) fail(this.#api, span, event.diagnostic)
        this.#endRevision(event.revision, at)
        return
      }
      case "revision-finished":
        this.#endRevision(event.revision, at)
        return
    }
  }

  #endStatement(at: number): void {
    this.#statement?.end(at)
    this.#statement = undefined
  }

  #endRevision(id: string, at: number, failed?: string): void {
    const span = this.#revisions.get(id)
    if (span === undefined) return
    this.#endStatement(at)
    if (failed !== undefined) span.setStatus({ code: this.#api.SpanStatusCode.ERROR, message: failed })
    span.end(at)
    this.#revisions.delete(id)
  }

  /** What was cut off in the middle ends with the command. */
  close(at: number): void {
    this.#endStatement(at)
    for (const span of this.#revisions.values()) span.end(at)
  }
}

function fail(api: Api, span: Span, { code, message, sqlState }: Diagnostic): void {
  span.setStatus({ code: api.SpanStatusCode.ERROR, message: maskSecrets(message) })
  span.setAttribute("error.type", code)
  if (sqlState !== undefined) span.setAttribute("db.response.status_code", sqlState)
}

function measure(
  meter: Meter,
  seen: readonly Timed[],
  { command, exit, outcome, startedAt, durationMs, tally, configuration }: EndedCommand,
): void {
  const environment = tally.environment ?? configuration?.environment
  const where = {
    "lockstep.command": command,
    ...(tally.database === undefined ? {} : { "db.namespace": tally.database }),
    ...(environment === undefined ? {} : { "deployment.environment.name": environment }),
  }
  const error = outcome.diagnostics?.find(({ severity }) => severity === "error")
  const run = meter.createHistogram("lockstep.run.duration", {
    unit: "s",
    description: "How long a command took",
  })
  run.record(durationMs / 1000, { ...where, ...(error === undefined ? {} : { "error.type": error.code }) })
  const revision = meter.createHistogram("lockstep.revision.duration", {
    unit: "s",
    description: "How long a revision took",
  })
  for (const { event } of seen)
    if (event.type === "revision-finished")
      revision.record(event.durationMs / 1000, { ...where, "lockstep.revision.direction": event.direction })
  const retries = meter.createCounter("lockstep.lock.retries", {
    description: "How often a revision did not get its lock and was tried again",
  })
  retries.add(tally.lockRetries, where)
  const wait = meter.createHistogram("lockstep.runner.wait", {
    unit: "s",
    description: "How long a command waited for another runner",
  })
  wait.record(tally.runnerWaitMs / 1000, where)
  const pending = pendingIn(outcome.result)
  if (pending !== undefined)
    gauge(meter, "lockstep.revisions.pending", "Revisions that the database does not have")?.record(
      pending,
      where,
    )
  if (exit === 0) {
    const at = Math.round((startedAt.getTime() + durationMs) / 1000)
    gauge(meter, "lockstep.run.last_success", "When the command last succeeded, in Unix time")?.record(
      at,
      where,
    )
  }
}

/** Gauges are there since version 1.9 of the package. */
function gauge(meter: Partial<Pick<Meter, "createGauge">>, name: string, description: string) {
  return meter.createGauge?.(name, { description })
}

/** Of `status` what is pending, of `deploy` what is held. */
function pendingIn(result: unknown): number | undefined {
  const { pending, held } = (result ?? {}) as { readonly pending?: unknown; readonly held?: unknown }
  return Array.isArray(pending) ? pending.length : Array.isArray(held) ? held.length : undefined
}

interface Flushing {
  forceFlush?(): Promise<void>
  getDelegate?(): Flushing
}

/** This process ends as soon as the command has: what is still in a batch would be lost. */
async function flush(api: Api): Promise<void> {
  const tracing = api.trace.getTracerProvider() as Flushing
  const providers = [tracing.getDelegate?.() ?? tracing, api.metrics.getMeterProvider() as Flushing]
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`the exporters have not finished within ${flushMs / 1000} seconds`)),
      flushMs,
    )
  })
  try {
    await Promise.race([Promise.all(providers.map((provider) => provider.forceFlush?.())), late])
  } finally {
    clearTimeout(timer)
  }
}
