import type { Socket } from "node:net"
import type { CloudAuth } from "./tokens/cloud-auth.ts"

/** How to reach one database. Holds no password as text, so that nothing that prints it can give one away. */
export interface ConnectionSettings {
  /** A name, an address, or the folder of a Unix socket (begins with `/`). */
  readonly host: string
  /** Where to connect instead of asking for the host's address; the certificate is still checked against `host`. */
  readonly address?: string
  readonly port: number
  readonly database: string
  readonly user: string
  /** Called for every new connection; undefined where there is none. */
  readonly password?: () => string | undefined | Promise<string | undefined>
  /** Whose tokens are the password; `withTokens` turns it into `password` or `stream`. */
  readonly auth?: CloudAuth
  /** Opens an encrypted socket in a provider's own way, instead of `host` and `tls`. */
  readonly stream?: () => Promise<Socket>
  readonly tls: TlsSettings
  /** Of the session: `lockstep upgrade`. A connection's purpose is added in parentheses. */
  readonly applicationName: string
  /** Command-line options for the server, `-c lock_timeout=2s`. Poolers refuse them, so not sent where `pooled`. */
  readonly options?: string
  readonly pooled: boolean
  /** 0 means no limit. */
  readonly connectTimeoutMs: number
}

/** @see PostgreSQL documentation, libpq, "SSL Support" */
export type SslMode = "disable" | "allow" | "prefer" | "require" | "verify-ca" | "verify-full"

export interface TlsSettings {
  readonly mode: SslMode
  /** File of the authorities to trust; `system` for those of Node.js. */
  readonly rootCertificate?: string
  readonly certificate?: string
  readonly key?: string
  /** Begin with the handshake, without asking first (PostgreSQL 17). */
  readonly direct: boolean
  /** Refuse a server that does not prove, along with the password, that it holds the certificate. */
  readonly channelBinding: boolean
}
