import { ToolError } from "../diagnostic.ts"
import { ChannelBindingRefused, PasswordMissing } from "./authenticate.ts"
import { ConnectionLost, ServerError } from "./connection.ts"
import type { ConnectionSettings } from "./connection-settings.ts"
import { maskSecrets } from "./mask.ts"
import { describeTarget } from "./settings.ts"
import { ConnectTimeout, isSocketFolder, NotPostgres, TlsRefused } from "./socket.ts"
import { sqlState } from "./sqlstate.ts"
import type { CloudProvider } from "./tokens/cloud-auth.ts"

/** Why there is no connection, in a word for programs, and what a person reads. */
interface Cause {
  readonly reason: string
  /** Continues "cannot connect to ...: ". */
  readonly because: string
  readonly hint?: string
}

/**
 * Returns what a failed attempt to connect means: a ToolError `cannot-connect` that names the target as it was
 * understood, the likely cause, and what to do. A ToolError of the caller's password function stays what it is.
 */
export function connectError(error: unknown, settings: ConnectionSettings): ToolError {
  if (error instanceof ToolError) return error
  const { reason, because, hint } = causeOf(error, settings)
  const { host, port, database, user } = settings
  return new ToolError(
    "cannot-connect",
    `cannot connect to ${describeTarget(settings)}: ${maskSecrets(because)}`,
    {
      ...(error instanceof ServerError ? { sqlState: error.sqlState, details: detailsOf(error) } : {}),
      hint,
      subject: database,
      cause: error,
      data: { reason, host, port, database, user },
    },
  )
}

function detailsOf({ fields }: ServerError): string[] {
  return [fields.detail, fields.hint].filter((each) => each !== undefined)
}

function causeOf(error: unknown, settings: ConnectionSettings): Cause {
  if (error instanceof ServerError) return serverCause(error, settings)
  if (error instanceof ConnectTimeout) return noAnswer(settings)
  if (error instanceof NotPostgres) {
    return {
      reason: "not-postgres",
      because: `what listens there is not PostgreSQL (${error.message})`,
      hint: "check host and port",
    }
  }
  if (error instanceof TlsRefused) {
    return {
      reason: "tls-not-supported",
      because: `the server does not support TLS, and sslmode=${settings.tls.mode} demands it`,
      hint: "use sslmode=prefer or disable if the network is trusted, or turn ssl on in the server",
    }
  }
  if (error instanceof PasswordMissing) {
    return {
      reason: "password-missing",
      because: error.message,
      hint: "add it to the URL or PGPASSWORD; a .pgpass file counts only while nobody else may read it (chmod 600)",
    }
  }
  if (error instanceof ChannelBindingRefused) {
    return {
      reason: "channel-binding-refused",
      because: error.message,
      hint: "remove channel_binding=require, or connect with TLS to a server that has scram-sha-256",
    }
  }
  if (error instanceof ConnectionLost) {
    return {
      reason: "closed",
      because: "the server closed the connection during the login",
      hint: "a proxy or firewall in between may not let it through; the server's log may say more",
    }
  }
  return systemCause(error, settings)
}

function noAnswer({ host, connectTimeoutMs }: ConnectionSettings): Cause {
  const limit = connectTimeoutMs > 0 ? ` within ${connectTimeoutMs / 1_000} s` : ""
  return {
    reason: "timeout",
    because: `no answer${limit}`,
    hint: `a firewall, a private network or a sleeping server may stand between here and ${host}`,
  }
}

/** What a provider demands before it takes a token. */
const tokenHints: Readonly<Record<CloudProvider, (user: string) => string>> = {
  google: (user) =>
    `the token was not accepted: ${user} must be an IAM user of the instance with the role Cloud SQL Instance User, and cloudsql.iam_authentication on`,
  aws: (user) =>
    `the token was not accepted: grant rds_iam to "${user}", let the identity rds-db:connect as it, and connect by the host's own name, which is signed`,
  azure: (user) =>
    `the token was not accepted: ${user} must be a Microsoft Entra principal of the server (pgaadauth_create_principal)`,
}

/** What the server answered to the login. */
function serverCause({ message, sqlState: code }: ServerError, settings: ConnectionSettings): Cause {
  const { database, user, host, port, tls } = settings
  switch (code) {
    case sqlState.invalid_password:
      if (settings.auth !== undefined)
        return { reason: "token", because: message, hint: tokenHints[settings.auth.provider](user) }
      return {
        reason: "password",
        because: message,
        hint: `check the password of ${user} in the URL or PGPASSWORD`,
      }
    case sqlState.invalid_authorization_specification:
      return authorizationCause(message, settings)
    case sqlState.invalid_catalog_name:
      return {
        reason: "no-database",
        because: message,
        hint: `createdb ${createdbOptions(settings)}${database}`,
      }
    case sqlState.too_many_connections:
      return {
        reason: "too-many-connections",
        because: message,
        hint: "close idle sessions (pg_stat_activity shows them), or raise max_connections or the role's limit",
      }
    case sqlState.cannot_connect_now:
      return { reason: "starting", because: message, hint: "try again in a moment" }
    case sqlState.insufficient_privilege:
      return {
        reason: "not-allowed",
        because: message,
        hint: `grant connect on database "${database}" to "${user}"`,
      }
    default:
      if (/unsupported startup parameter/.test(message)) {
        return {
          reason: "pooler",
          because: `${message}, so a pooler listens at ${host}:${port}`,
          hint: "use the direct URL of the database, or remove options from the URL (PGOPTIONS)",
        }
      }
      return {
        reason: "server",
        because: message,
        hint: tls.mode === "disable" ? "the server may want TLS" : "",
      }
  }
}

function createdbOptions({ host, port, user }: ConnectionSettings): string {
  return `-h ${host} -p ${port} -U ${user} `
}

function authorizationCause(message: string, { user, tls }: ConnectionSettings): Cause {
  if (/pg_hba\.conf/.test(message)) {
    const encrypt = /no encryption/.test(message) && tls.mode === "disable"
    return {
      reason: "not-admitted",
      because: message,
      hint: encrypt
        ? "the server may let only encrypted connections in: use sslmode=require"
        : "the server does not let this user in from this address: allow it in pg_hba.conf or the provider's settings",
    }
  }
  return { reason: "role", because: message, hint: `check that the role ${user} exists and may log in` }
}

const certificateHints: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: "renew the server's certificate",
  ERR_TLS_CERT_ALTNAME_INVALID:
    "connect by the name that the certificate is for; verify-ca with the provider's sslrootcert does not check the name",
}

const unknownAuthority =
  "give the authority's certificate with sslrootcert=<file> (providers offer it for download); sslmode=require encrypts without checking"

/** Errors of the operating system and of TLS. */
function systemCause(error: unknown, settings: ConnectionSettings): Cause {
  const { code = "", message, path } = error as NodeJS.ErrnoException
  const { host, port } = settings
  if (isSocketFolder(host) && (code === "ENOENT" || code === "ECONNREFUSED")) {
    return {
      reason: "no-socket",
      because: `no server listens on the socket ${host}/.s.PGSQL.${port}`,
      hint: host.startsWith("/cloudsql/")
        ? `the instance is not attached: name ${host.slice("/cloudsql/".length)} in the service's or job's Cloud SQL connections (--set-cloudsql-instances), or run the Auth Proxy with this folder`
        : "start the server, correct host and port, or connect over TCP with a host name",
    }
  }
  switch (code) {
    case "ECONNREFUSED":
      return { reason: "refused", because: "nothing listens there", hint: refusedHint(settings) }
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return { reason: "unknown-host", because: `the name ${host} is not known`, hint: unknownHostHint(code) }
    case "ETIMEDOUT":
    case "EHOSTUNREACH":
    case "ENETUNREACH":
      return noAnswer(settings)
    case "ENOENT":
    case "EACCES":
      return {
        reason: "file",
        because: `${path ?? host} cannot be read`,
        hint: "check the path and its permissions",
      }
    case "ECONNRESET":
    case "EPIPE":
      return {
        reason: "closed",
        because: "the connection was closed from the other side",
        hint: refusedHint(settings),
      }
  }
  if (code in certificateHints || /CERT|ISSUER|VERIFY_LEAF/.test(code)) {
    return {
      reason: "certificate",
      because: `the server's certificate was not accepted (${message})`,
      hint: certificateHints[code] ?? unknownAuthority,
    }
  }
  return { reason: "other", because: message || code }
}

function refusedHint({ host, port }: ConnectionSettings): string {
  const local = ["localhost", "127.0.0.1", "::1"].includes(host)
  return local
    ? `start the server, or the proxy, on port ${port}; in a container, ${host} is the container itself`
    : `check that the server runs and that port ${port} is the right one`
}

function unknownHostHint(code: string): string {
  return code === "EAI_AGAIN"
    ? "the name server did not answer: try again in a moment"
    : "check the spelling; a private name may be known only inside its network"
}
