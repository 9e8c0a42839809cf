import type { TargetOptions } from "../api/options.ts"
import type { Connect } from "../db/connection.ts"
import { connector } from "../db/node-postgres.ts"
import { targetSettings } from "../db/target-settings.ts"

/** Returns what opens connections to a target, for commands that only ask. `command` names them to the server. */
export function connectorTo(target: TargetOptions, command: string, longestWaitMs?: number): Connect {
  const settings = targetSettings(target, command)
  if (longestWaitMs === undefined) return connector(settings)
  return connector({ ...settings, connectTimeoutMs: Math.min(settings.connectTimeoutMs, longestWaitMs) })
}
