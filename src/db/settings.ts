import type { ConnectionSettings } from "./connection-settings.ts"
export function parseConnection(
  text: string,
  _env: Readonly<Record<string, string | undefined>> = {},
): ConnectionSettings {
  const url = new URL(text)
  const password = decodeURIComponent(url.password)
  return {
    host: url.searchParams.get("host") ?? url.hostname,
    port: Number(url.searchParams.get("port") ?? (url.port || 5432)),
    database: decodeURIComponent(url.pathname.slice(1)),
    user: decodeURIComponent(url.username),
    ...(password === "" ? {} : { password: () => password }),
    tls: { mode: "disable", direct: false, channelBinding: false },
    applicationName: "lockstep",
    pooled: false,
    connectTimeoutMs: 10_000,
  }
}
