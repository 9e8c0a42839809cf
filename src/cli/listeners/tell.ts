import type { Diagnostic } from "../../diagnostic.ts"
import type { SettingValues } from "../check-config.ts"
import type { Command } from "../command.ts"
import { type Io, readVariable } from "../io.ts"
import { settingVariable } from "../settings.ts"
import type { EndedCommand, Listener } from "./listener.ts"

/** The options that say who is told; a command has those that make sense for it. */
export interface TellOptions {
  readonly comment?: boolean
}

interface Asked {
  readonly command: Pick<Command, "options">
  readonly options: TellOptions
  readonly overrides: SettingValues
  readonly telemetry: Listener | undefined
}

/** The name under which `@opentelemetry/api` keeps what an SDK has registered, for all copies of it in a process. */
const registered = Symbol.for("opentelemetry.js.api.1")

/** Tells whether an SDK is in this process, or its variables say that the configuration brings one. */
export function wantsTelemetry(env: Io["env"]): boolean {
  if (env.OTEL_SDK_DISABLED === "true") return false
  return registered in globalThis || Object.keys(env).some((name) => name.startsWith("OTEL_"))
}

/** Opens what must hear a run from its beginning. */
export async function openTelemetry({ env, cwd }: Io): Promise<Listener> {
  const [{ telemetry }, { traceParentOf }] = await Promise.all([
    import("./telemetry.ts"),
    import("./trace-parent.ts"),
  ])
  return telemetry(cwd, traceParentOf(env))
}

/**
 * Tells everybody who asked to be told how a command has ended, and returns a warning for each who could not be. Loads
 * only what somebody asked for.
 */
export async function tellAll(ended: EndedCommand, asked: Asked, io: Io): Promise<readonly Diagnostic[]> {
  const { comment = false } = asked.options
  const summary = readVariable(io.env, "GITHUB_STEP_SUMMARY")
  const metrics = settingFor("metricsFile", ended, asked, io)
  const whom = settingFor("notify", ended, asked, io)
  const { root } = ended.configuration ?? { root: io.cwd }
  const listeners = [
    asked.telemetry,
    summary === undefined ? undefined : (await import("./step-summary.ts")).stepSummary(summary),
    comment ? (await import("./pull-comment.ts")).pullComment(io.env) : undefined,
    metrics === undefined ? undefined : (await import("./metrics-file.ts")).metricsFile(metrics, root),
    whom === undefined ? undefined : (await import("./notify.ts")).notify(whom, io),
  ]
  const told = listeners.map((listener) => listener?.end(ended) ?? [])
  return (await Promise.all(told)).flat()
}

/** Where the configuration could not be read, the flag and the variable still say who is told of that. */
function settingFor(
  key: "metricsFile" | "notify",
  { configuration }: EndedCommand,
  { command, overrides }: Asked,
  { env }: Io,
): string | undefined {
  if (!Object.hasOwn(command.options, key)) return undefined
  if (configuration !== undefined) return configuration.told[key]
  return overrides[key] ?? readVariable(env, settingVariable(key))
}
