import type { LogTrace } from "../../report/cloud-log.ts"
import type { Environment } from "../io.ts"

/** The span that whoever started this process is in. */
export interface TraceParent {
  readonly traceId: string
  readonly spanId: string
  readonly flags: number
}

/**
 * Reads the variable `TRACEPARENT`; undefined where there is none, or it is malformed.
 *
 * @see W3C Trace Context, `traceparent`; OpenTelemetry specification, "Environment Variables as Context Propagation Carriers"
 */
export function traceParentOf({ TRACEPARENT: text = "" }: Environment): TraceParent | undefined {
  const [, traceId = "", spanId = "", flags = ""] =
    /^(?!ff)[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})/.exec(text) ?? []
  if (/^0*$/.test(traceId) || /^0*$/.test(spanId)) return undefined
  return { traceId, spanId, flags: Number.parseInt(flags, 16) }
}

/** The same as Cloud Logging wants it. */
export function logTraceOf(env: Environment): LogTrace | undefined {
  const parent = traceParentOf(env)
  if (parent === undefined) return undefined
  const project = env.GOOGLE_CLOUD_PROJECT || env.GCP_PROJECT
  return {
    trace: project ? `projects/${project}/traces/${parent.traceId}` : parent.traceId,
    spanId: parent.spanId,
    sampled: (parent.flags & 1) === 1,
  }
}
