import { connectError } from "./connect-error.ts"
import { type Connect, ServerError } from "./connection.ts"
import type { ConnectionSettings } from "./connection-settings.ts"
import { Session } from "./session.ts"
import { ConnectTimeout, type Encryption, encryptions, openSocket } from "./socket.ts"
import { sqlState } from "./sqlstate.ts"

/**
 * Opens a connection. `purpose` is shown in `pg_stat_activity` behind the application's name.
 *
 * @throws ToolError `cannot-connect`, with what to do about it; whatever the password function throws
 */
export async function connect(settings: ConnectionSettings, purpose?: string): Promise<Session> {
  const [first = "none", second] = encryptions(settings)
  try {
    return await attempt(settings, purpose, first)
  } catch (error) {
    if (second === undefined || !mayTryOtherEncryption(error, first)) throw connectError(error, settings)
  }
  try {
    return await attempt(settings, purpose, second)
  } catch (error) {
    throw connectError(error, settings)
  }
}

/** Opens connections to one target, and knows which. */
export interface Connector extends Connect {
  readonly settings: ConnectionSettings
}

/** Returns the function that opens connections to one target. */
export function connector(settings: ConnectionSettings): Connector {
  const open: Connect = (purpose) => connect(settings, purpose)
  return Object.assign(open, { settings })
}

/**
 * As in libpq: `allow` and `prefer` go on to their other encryption where the server turned the first one down before
 * it asked for a password, or where there was no agreement on TLS.
 */
function mayTryOtherEncryption(error: unknown, tried: Encryption): boolean {
  if (error instanceof ServerError) return error.sqlState === sqlState.invalid_authorization_specification
  return tried === "offered" && error instanceof Error && isTlsError(error)
}

/** Errors of OpenSSL and of the certificate check, as opposed to those of the network. */
function isTlsError(error: Error): boolean {
  const { code = "" } = error as NodeJS.ErrnoException
  return /^ERR_SSL|^ERR_TLS|CERT|^EPROTO$|^ECONNRESET$/.test(code)
}

async function attempt(
  settings: ConnectionSettings,
  purpose: string | undefined,
  encryption: Encryption,
): Promise<Session> {
  const { connectTimeoutMs, applicationName } = settings
  const controller = new AbortController()
  const timer =
    connectTimeoutMs > 0
      ? setTimeout(() => controller.abort(new ConnectTimeout()), connectTimeoutMs)
      : undefined
  try {
    const socket = await openSocket(settings, encryption, controller.signal)
    return await Session.open(socket, {
      settings,
      applicationName: purpose === undefined ? applicationName : `${applicationName} (${purpose})`,
      cancel: (request) => sendCancel(settings, encryption, request),
      signal: controller.signal,
    })
  } finally {
    clearTimeout(timer)
  }
}

const cancelTimeoutMs = 3_000

async function sendCancel(
  settings: ConnectionSettings,
  encryption: Encryption,
  request: Buffer,
): Promise<void> {
  const signal = AbortSignal.timeout(cancelTimeoutMs)
  const socket = await openSocket(settings, encryption, signal)
  await new Promise<void>((resolve) => {
    socket.on("error", () => resolve()).on("close", () => resolve())
    // The server closes when it has passed the request on. Our end stays open until then, as libpq's does: PgBouncer
    // 1.18 ends itself when a client that has asked it to cancel leaves before.
    signal.addEventListener("abort", () => socket.destroy(), { once: true })
    socket.write(request)
    socket.resume()
  })
}
