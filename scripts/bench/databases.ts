import type { Connection } from "../../src/db/connection.ts"
import { connect } from "../../src/db/node-postgres.ts"
import { parseConnection } from "../../src/db/settings.ts"
import { type EmbeddedServer, startServer } from "../../src/scratch/embedded.ts"

/** The server of the benchmark, and the databases on it. */
export interface Databases extends AsyncDisposable {
  readonly server: EmbeddedServer
  /** Makes an empty database, dropping one of that name. */
  fresh(name: string): Promise<void>
  drop(name: string): Promise<void>
  /** Makes a database that is like another one. */
  copy(from: string, to: string): Promise<void>
  /** Runs SQL in a database. */
  run(name: string, sql: string): Promise<void>
}

/**
 * Starts an embedded server. Nothing but the statements counts: no checkpoint comes in between, and without `durable`
 * nothing waits for a disk, nor is there one where the system has a file system in memory, so that a client's own time
 * has the greatest part in the whole.
 */
export async function startDatabases(durable: boolean, major?: number): Promise<Databases> {
  const server = await startServer({
    durable,
    ...(major === undefined ? {} : { major }),
    settings: {
      shared_buffers: "256MB",
      max_wal_size: "8GB",
      checkpoint_timeout: "1h",
      max_locks_per_transaction: "4096",
    },
  })
  const open = (name: string): Promise<Connection> => connect(parseConnection(server.socketUrl(name)))
  const admin = await open("postgres")
  const drop = async (name: string) => void (await admin.run(`drop database if exists ${name} with (force)`))
  return {
    server,
    drop,
    fresh: async (name) => {
      await drop(name)
      await admin.run(`create database ${name} template template0`)
    },
    copy: async (from, to) => {
      await drop(to)
      await admin.run(`create database ${to} template ${from}`)
    },
    run: async (name, sql) => {
      const connection = await open(name)
      try {
        await connection.run(sql)
      } finally {
        await connection.close()
      }
    },
    async [Symbol.asyncDispose]() {
      await admin.close()
      await server.stop()
    },
  }
}
