import { existsSync } from "node:fs"
import { isIP } from "node:net"
import type { ConnectionSettings, SslMode } from "../connection-settings.ts"
import { invalidUrl } from "../connection-string.ts"
import { isSocketFolder } from "../socket.ts"
import { awsPassword } from "./aws.ts"
import { azurePassword } from "./azure.ts"
import type { CloudAuth } from "./cloud-auth.ts"
import { googlePassword, googleStream } from "./google.ts"

/**
 * Returns the settings with which each connection gets a token of its provider. The provider's library is loaded with
 * the first connection.
 *
 * A token is worth as much as a password, and the providers let none in without TLS, so `sslmode` is at least `require`
 * unless the way leads over a Unix socket or stays on this machine, where a proxy or a tunnel listens.
 *
 * @param root the folder whose packages are used
 * @throws ToolError `invalid-database-url` where TLS is turned off
 */
export function withTokens(settings: ConnectionSettings, auth: CloudAuth, root: string): ConnectionSettings {
  const instance = auth.provider === "google" ? instanceOf(auth.instance, settings.host) : undefined
  if (auth.provider === "google" && instance !== undefined)
    return {
      ...settings,
      user: googleUser(settings.user),
      auth,
      // The certificate that the connector got has logged in already; a server that asks all the same takes any word.
      password: () => "iam",
      stream: googleStream(instance, auth.ip, root),
    }
  const secure = { ...settings, auth, tls: encrypted(settings, auth.provider) }
  switch (auth.provider) {
    case "google":
      return { ...secure, user: googleUser(settings.user), password: googlePassword(root) }
    case "aws":
      return { ...secure, password: awsPassword(auth, settings, root) }
    case "azure":
      return { ...secure, password: azurePassword(auth, root) }
  }
}

/** Cloud Run mounts the socket of an instance at `/cloudsql/<instance>`; elsewhere that path names the instance. */
function instanceOf(given: string | undefined, host: string): string | undefined {
  if (given !== undefined) return given
  const [, named] = /^\/cloudsql\/([^/]+)$/.exec(host) ?? []
  return named === undefined || existsSync(host) ? undefined : named
}

/** Cloud SQL names the login of a service account by its address without this end. */
function googleUser(user: string): string {
  return user.replace(/\.gserviceaccount\.com$/, "")
}

function encrypted(settings: ConnectionSettings, provider: string): ConnectionSettings["tls"] {
  const { host, address = host, tls } = settings
  if (isSocketFolder(host) || isLoopback(address)) return tls
  if (tls.mode === "disable")
    throw invalidUrl(
      `sslmode=disable would send the token of ${provider} in clear`,
      "use sslmode=verify-full with the provider's certificate in sslrootcert, or at least sslmode=require",
    )
  const weak: readonly SslMode[] = ["allow", "prefer"]
  return weak.includes(tls.mode) ? { ...tls, mode: "require" } : tls
}

function isLoopback(address: string): boolean {
  if (address === "localhost" || address === "::1") return true
  return isIP(address) === 4 && address.startsWith("127.")
}
