import type { Connection } from "../db/connection.ts"
import { connect } from "../db/node-postgres.ts"
import { parseConnection } from "../db/settings.ts"
import { startServer } from "../scratch/embedded.ts"

/** A server on which databases may be made, for as long as this process lives. */
export interface TestServer {
  readonly admin: Connection
  /** It is there before this process and after it. */
  readonly outlives: boolean
  /** The address of one of its databases. */
  urlOf(database: string): string
}

/** One for each address, and one embedded one for each version, in this process. */
const servers = new Map<string, Promise<TestServer>>()

/** Returns the server at an address, or the embedded one, which is started when it is first asked for. */
export function serverFor(url: string | undefined, root: string | undefined): Promise<TestServer> {
  const key = url ?? `embedded in ${root ?? "."}`
  const known = servers.get(key)
  if (known !== undefined) return known
  const server = url === undefined ? embedded(root) : given(url)
  servers.set(key, server)
  // Who failed once may be asked again.
  server.catch(() => servers.delete(key))
  return server
}

async function embedded(root: string | undefined): Promise<TestServer> {
  const server = await startServer(root === undefined ? {} : { root })
  return {
    admin: await administrator(server.url()),
    outlives: false,
    urlOf: (database) => server.url(database),
  }
}

async function given(url: string): Promise<TestServer> {
  return { admin: await administrator(url), outlives: true, urlOf: (database) => withDatabase(url, database) }
}

function administrator(url: string): Promise<Connection> {
  return connect({ ...parseConnection(url, {}), applicationName: "lockstep testing" })
}

/** The same address with another database. */
function withDatabase(url: string, database: string): string {
  if (!/^postgres(?:ql)?(?:\+\w+)?:/.test(url)) return `${url} dbname=${database}`
  return url.replace(/^([^:]+:\/\/[^/?]*)(?:\/[^?]*)?/, `$1/${database}`)
}
