import type { Connect, Connection } from "./connection.ts"
import { ServerError } from "./connection.ts"
import type { ConnectionSettings } from "./connection-settings.ts"

/** What stands between a client and its server session, and for how long the two belong together. */
export type Pooling = "none" | "session" | "transaction" | "statement"

/** How often two connections are compared: on a busy pool one of them may get another server by chance. */
const rounds = 5

/** A session pooler whose servers are all taken makes the second connection wait; one that is idle answers at once. */
const secondAnswerMs = 1_000

/**
 * Finds out whether there is a pooler, and of what kind.
 *
 * A pooler announces a process id of its own at connect, which is not the server's. A transaction pooler gives the
 * server of one idle client to the next, so two clients see the same one, or one client sees it change; a statement
 * pooler refuses BEGIN.
 *
 * @returns `none` after one connection; `session` also where transaction pooling could not be shown in five rounds
 */
export async function detectPooler(connect: Connect): Promise<Pooling> {
  const first = await connect("pooler check")
  try {
    const pid = await backendPid(first)
    if (pid === first.announcedPid) return "none"
    return await kindOf(first, connect)
  } finally {
    await first.close()
  }
}

async function kindOf(first: Connection, connect: Connect): Promise<Pooling> {
  const before = await transactionPid(first)
  if (before === "refused") return "statement"
  const second = await connect("pooler check")
  try {
    const answer = await Promise.race([sharesServer(first, second, before), afterMs(secondAnswerMs)])
    return answer === "shares" ? "transaction" : "session"
  } finally {
    await second.close()
  }
}

async function sharesServer(
  first: Connection,
  second: Connection,
  before: number,
): Promise<"shares" | "apart"> {
  let known = before
  for (let round = 1; round <= rounds; round++) {
    if ((await transactionPid(second)) === known) return "shares"
    const now = await transactionPid(first)
    if (now !== known) return "shares"
    known = now
  }
  return "apart"
}

async function backendPid(connection: Connection): Promise<number> {
  const [row] = await connection.query<{ pid: number }>("select pg_catalog.pg_backend_pid() as pid")
  return row?.pid ?? 0
}

/** Returns the server's process id inside a transaction, or that transactions are refused. */
async function transactionPid(connection: Connection): Promise<number | "refused"> {
  try {
    await connection.run("begin")
  } catch (error) {
    const cause = (error as Error).cause
    if (error instanceof ServerError || cause instanceof ServerError) return "refused"
    throw error
  }
  const pid = await backendPid(connection)
  await connection.run("commit")
  return pid
}

async function afterMs(ms: number): Promise<"apart"> {
  const { promise, resolve } = withResolvers<"apart">()
  const timer = setTimeout(() => resolve("apart"), ms)
  timer.unref()
  return promise
}

function withResolvers<Value>() {
  let resolve: (value: Value) => void = () => undefined
  const promise = new Promise<Value>((settle) => {
    resolve = settle
  })
  return { promise, resolve }
}

/**
 * Returns where the database itself probably listens, told from the address of its pooler.
 *
 * Neon adds `-pooler` to the host; Supabase has its transaction pooler on port 6543; DigitalOcean on 25061;
 * PgBouncer's own port is 6432, also at Azure.
 */
export function directAddress({ host, port, user }: ConnectionSettings): string | undefined {
  if (host.includes("-pooler.")) return `${host.replace("-pooler.", ".")}:${port}`
  if (host.endsWith(".pooler.supabase.com")) {
    const project = /^[^.]+\.(\w+)$/.exec(user)?.[1]
    const direct = project === undefined ? "" : `db.${project}.supabase.co:5432, or `
    return `${direct}${host}:5432 (session mode)`
  }
  const directPorts: Readonly<Record<number, number>> = { 6543: 5432, 6432: 5432, 25061: 25060 }
  const direct = directPorts[port]
  return direct === undefined ? undefined : `${host}:${direct}`
}
