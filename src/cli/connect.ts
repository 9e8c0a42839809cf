import type { TargetOptions } from "../api/options.ts"
import type { Connect } from "../db/connection.ts"
import { connector } from "../db/node-postgres.ts"
import { parseConnection } from "../db/settings.ts"

/** Returns what opens connections to a target, for commands that only ask. `command` names them to the server. */
export function connectorTo(target: TargetOptions, command: string, longestWaitMs?: number): Connect {
  const settings = parseConnection(target.url, target.libpqVariables)
  const { password = settings.password, connectTimeoutMs = settings.connectTimeoutMs } = target
  const wait = longestWaitMs === undefined ? connectTimeoutMs : Math.min(connectTimeoutMs, longestWaitMs)
  return connector({
    ...settings,
    ...(password === undefined ? {} : { password }),
    applicationName: `lockstep ${command}`,
    connectTimeoutMs: wait,
    pooled: target.pooled ?? settings.pooled,
  })
}
