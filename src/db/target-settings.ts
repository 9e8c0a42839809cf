import type { ConnectionSettings } from "./connection-settings.ts"
import { parseConnection } from "./settings.ts"
import type { CloudAuth } from "./tokens/cloud-auth.ts"
import { withTokens } from "./tokens/with-tokens.ts"

/** How a target is named by whoever calls Lockstep; `TargetOptions` has the same fields. */
export interface TargetAddress {
  readonly url?: string
  readonly libpqVariables?: Readonly<Record<string, string | undefined>>
  readonly password?: () => string | Promise<string>
  readonly auth?: CloudAuth
  readonly packagesFrom?: string
  readonly connectTimeoutMs?: number
  readonly pooled?: boolean
}

/**
 * Returns how to connect to a target for a command, whose name the server gets to know. A password function wins over
 * tokens, since it was written for this target; `auth` of the URL is for where there is no configuration.
 *
 * @throws ToolError `invalid-database-url`
 */
export function targetSettings(target: TargetAddress, command: string): ConnectionSettings {
  const { url, libpqVariables, password, auth, packagesFrom = ".", connectTimeoutMs, pooled } = target
  const parsed = parseConnection(url, libpqVariables)
  const settings = {
    ...parsed,
    applicationName: `lockstep ${command}`,
    ...(connectTimeoutMs === undefined ? {} : { connectTimeoutMs }),
    pooled: pooled ?? parsed.pooled,
  }
  if (password !== undefined) return { ...settings, password }
  const tokens = auth ?? parsed.auth
  return tokens === undefined ? settings : withTokens(settings, tokens, packagesFrom)
}
