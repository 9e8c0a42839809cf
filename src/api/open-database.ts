import type { Connection } from "../db/connection.ts"
import { connector } from "../db/node-postgres.ts"
import { targetSettings } from "../db/target-settings.ts"
import type { TargetOptions } from "./options.ts"

/** Opens one connection to a database that need not be one of Lockstep's. */
export async function openDatabase(options: TargetOptions, command: string): Promise<Connection> {
  if (options.connect !== undefined) return options.connect()
  return connector(targetSettings(options, command))()
}
