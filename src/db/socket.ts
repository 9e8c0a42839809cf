import { readFileSync } from "node:fs"
import { connect as connectTcp, isIP, type Socket } from "node:net"
import type { ConnectionOptions } from "node:tls"
import type { ConnectionSettings, TlsSettings } from "./connection-settings.ts"

/**
 * How one attempt to connect is encrypted. `offered`: with TLS where the server has it. What libpq's modes mean is a
 * list of these, tried in order.
 */
export type Encryption = "none" | "offered" | "demanded"

/** The server has no TLS, and the settings demand it. */
export class TlsRefused extends Error {
  override readonly name = "TlsRefused"
}

/** Something answers at that address, and it is not PostgreSQL. */
export class NotPostgres extends Error {
  override readonly name = "NotPostgres"
}

/** No complete answer within the time limit. */
export class ConnectTimeout extends Error {
  override readonly name = "ConnectTimeout"

  constructor() {
    super("timeout expired")
  }
}

/**
 * Returns the encryptions to try, in order. Unix sockets are never encrypted,
 * and what a provider opens is already.
 *
 * @see PostgreSQL documentation, libpq, table "SSL Mode Descriptions"
 */
export function encryptions({ host, tls, stream }: ConnectionSettings): readonly Encryption[] {
  if (stream !== undefined) return ["none"]
  if (isSocketFolder(host) || tls.mode === "disable") return ["none"]
  if (tls.mode === "allow") return ["none", "demanded"]
  return tls.mode === "prefer" ? ["offered", "none"] : ["demanded"]
}

export function isSocketFolder(host: string): boolean {
  return host.startsWith("/")
}

/**
 * Opens a socket to the server and brings it to the point where the first message of the protocol can be sent.
 *
 * @throws the error of node:net or node:tls, TlsRefused, NotPostgres, or the signal's reason
 */
export async function openSocket(
  settings: ConnectionSettings,
  encryption: Encryption,
  signal: AbortSignal,
): Promise<Socket> {
  if (settings.stream !== undefined) return openStream(settings.stream, signal)
  const socket = connectTcp(address(settings)).on("error", ignored)
  const abort = () => socket.destroy(signal.reason)
  signal.addEventListener("abort", abort, { once: true })
  try {
    await event(socket, "connect")
    socket.setNoDelay(true)
    socket.setKeepAlive(true, 30_000)
    if (encryption === "none") return socket
    if (settings.tls.direct) return await encrypt(socket, settings)
    const answer = await requestTls(socket)
    if (answer === "S") return await encrypt(socket, settings)
    if (answer !== "N") throw new NotPostgres(`it answered ${JSON.stringify(answer)}`)
    if (encryption === "demanded") throw new TlsRefused("the server does not support TLS")
    return socket
  } catch (error) {
    socket.destroy()
    throw signal.aborted ? signal.reason : error
  } finally {
    signal.removeEventListener("abort", abort)
  }
}

/** Opens a socket in a provider's own way. Looking the server up there cannot be called off, only not waited for. */
async function openStream(stream: () => Promise<Socket>, signal: AbortSignal): Promise<Socket> {
  const opened = stream().then((socket) => socket.on("error", ignored))
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true })
  })
  try {
    const socket = await Promise.race([opened, aborted])
    await Promise.race([event(socket, "secureConnect"), aborted])
    return socket
  } catch (error) {
    opened.then((socket) => socket.destroy()).catch(() => undefined)
    throw error
  }
}

/** An error event without a listener would end the process; whoever waits for the socket has a listener of their own. */
const ignored = () => undefined

function address({ host, address = host, port }: ConnectionSettings) {
  return isSocketFolder(host)
    ? { path: `${host}/.s.PGSQL.${port}` }
    : // The default of 250 ms per address makes distant servers with several addresses unreachable.
      { host: address, port, autoSelectFamilyAttemptTimeout: 2_000 }
}

function event(socket: Socket, name: "connect" | "secureConnect"): Promise<void> {
  return new Promise((resolve, reject) => {
    const closed = () => reject(new Error("the server closed the connection"))
    socket.once(name, () => {
      socket.off("error", reject).off("close", closed)
      resolve()
    })
    socket.once("error", reject).once("close", closed)
  })
}

/** SSLRequest: length 8, then a number where the protocol's version would stand. */
const tlsRequest = Buffer.from([0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f])

function requestTls(socket: Socket): Promise<string> {
  socket.write(tlsRequest)
  return new Promise((resolve, reject) => {
    const closed = () => reject(new Error("the server closed the connection"))
    socket.once("error", reject).once("close", closed)
    socket.once("data", (answer) => {
      socket.off("error", reject).off("close", closed)
      // More than one byte before the handshake was put there by somebody else (CVE-2021-23222).
      resolve(answer.toString("latin1").slice(0, 40))
    })
  })
}

async function encrypt(socket: Socket, settings: ConnectionSettings): Promise<Socket> {
  // Loaded only where it is needed: it takes several milliseconds.
  const tls = await import("node:tls")
  const secure = tls.connect({ socket, ...tlsOptions(settings) }).on("error", ignored)
  await event(secure, "secureConnect")
  return secure
}

function tlsOptions({ host, tls }: ConnectionSettings): ConnectionOptions {
  return {
    ...verification(tls),
    ...(tls.certificate === undefined ? {} : { cert: readFileSync(tls.certificate) }),
    ...(tls.key === undefined ? {} : { key: readFileSync(tls.key) }),
    ...(tls.direct ? { ALPNProtocols: ["postgresql"] } : {}),
    // An address must not be sent as a server name (RFC 6066), and is checked against the certificate as `host`.
    ...(isIP(host) === 0 ? { servername: host } : {}),
    host,
    minVersion: "TLSv1.2",
  }
}

function verification({ mode, rootCertificate }: TlsSettings): ConnectionOptions {
  const ownAuthorities = rootCertificate !== undefined && rootCertificate !== "system"
  const authorities = ownAuthorities ? { ca: readFileSync(rootCertificate) } : {}
  if (mode === "verify-full") return { ...authorities, rejectUnauthorized: true }
  // libpq checks the chain wherever it has a file of authorities, even with `require`, but not the name.
  if (ownAuthorities)
    return { ...authorities, rejectUnauthorized: true, checkServerIdentity: () => undefined }
  // Anybody can get a certificate from a public authority for a name of their own, so without a file of one's own
  // `verify-ca` would prove nothing: the name is checked too.
  return { rejectUnauthorized: mode === "verify-ca" }
}
