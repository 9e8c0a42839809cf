import type { Connection } from "../db/connection.ts"
import { connector } from "../db/node-postgres.ts"
import { parseConnection } from "../db/settings.ts"
import type { TargetOptions } from "./options.ts"

/** Opens one connection to a database that need not be one of Lockstep's. */
export async function openDatabase(options: TargetOptions, command: string): Promise<Connection> {
  if (options.connect !== undefined) return options.connect()
  const { url, libpqVariables, password, connectTimeoutMs, pooled } = options
  const settings = parseConnection(url, libpqVariables)
  const connect = connector({
    ...settings,
    applicationName: `lockstep ${command}`,
    ...(password === undefined ? {} : { password }),
    ...(connectTimeoutMs === undefined ? {} : { connectTimeoutMs }),
    pooled: pooled ?? settings.pooled,
  })
  return connect()
}
