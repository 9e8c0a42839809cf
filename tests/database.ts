import { randomBytes } from "node:crypto"
import { inject, test } from "vitest"
import type { Connection } from "../src/db/connection.ts"
import { connect } from "../src/db/node-postgres.ts"
import { parseConnection } from "../src/db/settings.ts"
import type { SharedServer } from "./servers.ts"

const servers = inject("servers")

/** The major versions that this run tests with, oldest first. */
export const majors: readonly number[] = servers.map(({ major }) => major).sort((a, b) => a - b)

/** A database of one test, which is dropped when the test lets go of it. */
export interface TestDatabase extends AsyncDisposable {
  readonly name: string
  readonly major: number
  readonly server: SharedServer
  /** The superuser's URL over the Unix socket, the quickest way in. */
  readonly url: string
  /** The superuser's URL over TCP with a password, for proxies and poolers. */
  readonly tcpUrl: string
  /** The URL of another role, made with `role`. */
  urlOf(role: string): string
  /** Opens a connection that is closed with the database. */
  connect(purpose?: string): Promise<Connection>
  /** Opens a connection as another role. */
  connectAs(role: string): Promise<Connection>
  /** Makes a role with a name of its own, since roles belong to the whole server. Dropped with the database. */
  role(options?: string): Promise<string>
  drop(): Promise<void>
}

export interface TestDatabaseOptions {
  /** Default: the newest of this run. */
  readonly major?: number
  /** The name of a database to copy, which nobody may be connected to. Default: an empty one. */
  readonly template?: string
}

/**
 * Makes a database for one test.
 *
 * @example
 * await using db = await testDatabase()
 * const connection = await db.connect()
 */
export async function testDatabase(options: TestDatabaseOptions = {}): Promise<TestDatabase> {
  const server = serverOf(options.major ?? majors.at(-1))
  const admin = await adminOf(server)
  const name = `test_${randomBytes(6).toString("hex")}`
  await admin.run(
    `create database ${name} template ${options.template ?? "template0"} ${copyStrategy(server)}`,
  )

  const connections: Connection[] = []
  const roles: string[] = []
  const open = async (url: string, purpose?: string) => {
    const connection = await connect(parseConnection(url, {}), purpose)
    connections.push(connection)
    return connection
  }
  const urlOf = (role: string) => urlTo(server, name, role)
  const drop = async () => {
    await Promise.all(connections.map((connection) => connection.close()))
    await admin.run(`drop database if exists ${name} with (force)`)
    for (const role of roles) await admin.run(`drop role if exists ${role}`)
  }
  return {
    name,
    major: server.major,
    server,
    url: urlOf(server.user),
    tcpUrl: `postgresql://${server.user}:${server.password}@${server.host}:${server.port}/${name}`,
    urlOf,
    connect: (purpose) => open(urlOf(server.user), purpose),
    connectAs: (role) => open(urlOf(role)),
    role: async (roleOptions = "login") => {
      const role = `role_${randomBytes(6).toString("hex")}`
      await admin.run(`create role ${role} ${roleOptions}`)
      roles.push(role)
      return role
    },
    drop,
    [Symbol.asyncDispose]: drop,
  }
}

/** Runs one test per major version, each with a database of its own. */
export function eachMajor(name: string, body: (db: TestDatabase) => Promise<void>, timeoutMs?: number): void {
  for (const major of majors) {
    test(
      `${name} (PostgreSQL ${major})`,
      async () => {
        await using db = await testDatabase({ major })
        await body(db)
      },
      timeoutMs,
    )
  }
}

function serverOf(major: number | undefined): SharedServer {
  const server = servers.find((each) => each.major === major)
  if (server === undefined) throw new Error(`PostgreSQL ${major} is not in LOCKSTEP_TEST_MAJORS (${majors})`)
  return server
}

/** Copying files takes a third of the time of writing their pages to the log. Before 15 it was the only way. */
function copyStrategy({ major }: SharedServer): string {
  return major >= 15 ? "strategy file_copy" : ""
}

const admins = new Map<number, Promise<Connection>>()

/** One connection per test file for making and dropping databases. */
function adminOf(server: SharedServer): Promise<Connection> {
  const known = admins.get(server.major)
  if (known !== undefined) return known
  const admin = connect(parseConnection(server.url, {}), "tests")
  admins.set(server.major, admin)
  return admin
}

function urlTo(server: SharedServer, database: string, role: string): string {
  const { socketDir, host, port, user, password } = server
  if (socketDir !== undefined) {
    return `postgresql://${role}@localhost/${database}?host=${encodeURIComponent(socketDir)}&port=${port}`
  }
  return `postgresql://${role}${role === user ? `:${password}` : ""}@${host}:${port}/${database}`
}
