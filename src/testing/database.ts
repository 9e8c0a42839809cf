import { randomBytes } from "node:crypto"
import type { ProjectOptions } from "../api/options.ts"
import { openProject, projectOnly } from "../api/project.ts"
import { upgrade } from "../api/upgrade.ts"
import type { Connection } from "../db/connection.ts"
import { serverFor, type TestServer } from "./server.ts"

export interface TestDatabaseOptions extends ProjectOptions {
  /** The revision that it is at: an id, `head`, `base`. Default: all of them. */
  readonly at?: string
  /** A server where databases may be made and dropped. Default: an embedded one, which ends with the process. */
  readonly url?: string
  /**
   * Fills the template once, before it is copied: rows that every test wants to meet. Must close what it opens.
   * Give the same function each time, not one written in place, or each gets a template of its own.
   */
  readonly seed?: (url: string) => Promise<void>
}

/** A database of one test. */
export interface TestDatabase extends AsyncDisposable {
  readonly name: string
  /** The superuser's address, for any client. */
  readonly url: string
  /** Drops it, whoever is connected. */
  drop(): Promise<void>
}

/**
 * Makes a database that has the project's revisions, as a copy of a template that is migrated once in this process.
 *
 * @example
 * await using db = await testDatabase()
 * const pool = new pg.Pool({ connectionString: db.url })
 */
export async function testDatabase(options: TestDatabaseOptions = {}): Promise<TestDatabase> {
  const server = await serverFor(options.url, options.root)
  const template = await templateFor(server, options)
  const name = await create(server.admin, "lockstep_test", template)
  const drop = async () => {
    await server.admin.run(`drop database if exists ${name} with (force)`)
  }
  return { name, url: server.urlOf(name), drop, [Symbol.asyncDispose]: drop }
}

/** Templates that this process has made, by what is in them. */
const templates = new WeakMap<TestServer, Map<string, Promise<string>>>()
const seeds = new Map<unknown, number>()

async function templateFor(server: TestServer, options: TestDatabaseOptions): Promise<string> {
  const { folder } = await openProject(options)
  const { at = "heads", seed } = options
  if (!seeds.has(seed)) seeds.set(seed, seeds.size)
  const key = `${folder.digest} ${at} ${seeds.get(seed)}`
  const known = templates.get(server) ?? new Map<string, Promise<string>>()
  templates.set(server, known)
  const made = known.get(key) ?? makeTemplate(server, { ...options, at })
  known.set(key, made)
  made.catch(() => known.delete(key))
  return made
}

async function makeTemplate(
  server: TestServer,
  { seed, at, ...options }: TestDatabaseOptions & { readonly at: string },
): Promise<string> {
  const name = await create(server.admin, "lockstep_template", "template0")
  const url = server.urlOf(name)
  try {
    if (at !== "base") await upgrade({ ...projectOnly(options), url, to: at })
    await seed?.(url)
  } catch (error) {
    await server.admin.run(`drop database if exists ${name} with (force)`)
    throw error
  }
  return name
}

async function create(admin: Connection, prefix: string, template: string): Promise<string> {
  const name = `${prefix}_${randomBytes(6).toString("hex")}`
  // Copying files takes a third of the time of writing their pages to the log; before 15 it was the only way.
  const strategy = admin.serverVersion >= 150_000 ? " strategy file_copy" : ""
  await admin.run(`create database ${name} template ${template}${strategy}`)
  return name
}
