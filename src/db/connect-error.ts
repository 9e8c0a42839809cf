import { ToolError } from "../diagnostic.ts"
import type { ConnectionSettings } from "./connection-settings.ts"
export function connectError(error: unknown, settings: ConnectionSettings): unknown {
  if (error instanceof ToolError) return error
  return new ToolError(
    "cannot-connect",
    `cannot connect to ${settings.database} at ${settings.host}:${settings.port}: ${(error as Error).message}`,
    { cause: error },
  )
}
