import { createHash, randomBytes } from "node:crypto"
import { resolve } from "node:path"
import { downgrade } from "../api/downgrade.ts"
import type { ProjectOptions } from "../api/options.ts"
import { openProject, projectOnly } from "../api/project.ts"
import { upgrade } from "../api/upgrade.ts"
import type { Connection } from "../db/connection.ts"
import { version } from "../version.ts"
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
  /** Applies what is pending, up to a revision: `head` (the default), an id, `+1`. So rows meet the revisions after them. */
  upgrade(to?: string): Promise<void>
  /** Undoes down to a revision: an id, `-1`, `base`. */
  downgrade(to: string): Promise<void>
  /** Drops it, whoever is connected. */
  drop(): Promise<void>
}

/**
 * Makes a database that has the project's revisions, as a copy of a template that is migrated once: on the embedded server once
 * in this process, on a server of yours once for all processes and runs, as long as the revisions stay as they are.
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
  const url = server.urlOf(name)
  const at = { ...projectOnly(options), url }
  return {
    name,
    url,
    upgrade: async (to = "heads") => void (await upgrade({ ...at, to })),
    downgrade: async (to) => void (await downgrade({ ...at, to, acceptDataLoss: true })),
    drop,
    [Symbol.asyncDispose]: drop,
  }
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
  // What a function fills in is known to nobody but the process that has it.
  const made =
    known.get(key) ??
    (server.outlives && seed === undefined
      ? sharedTemplate(server, { ...options, at }, folder.digest)
      : makeTemplate(server, { ...options, at }))
  known.set(key, made)
  made.catch(() => known.delete(key))
  return made
}

type TemplateOptions = TestDatabaseOptions & { readonly at: string }

/**
 * A template under a name that says what is in it, so that other processes and later runs find it. It gets the name when it is
 * complete, and whoever comes second takes the first one's. Those of earlier revisions of the same project are dropped.
 */
async function sharedTemplate(server: TestServer, options: TemplateOptions, digest: string): Promise<string> {
  const { admin } = server
  const { root = ".", migrations, at, variables } = options
  const project = shortHash([resolve(root), migrations ?? ""])
  const family = `lockstep_template_${project}_${shortHash([at])}`
  const name = `${family}_${shortHash([digest, variables ?? {}, version])}`
  const exists = async () =>
    (await admin.query("select from pg_catalog.pg_database where datname = $1", [name])).length > 0
  if (await exists()) return name
  const own = await makeTemplate(server, options)
  try {
    await admin.run(`alter database ${own} rename to ${name}`)
  } catch (error) {
    await admin.run(`drop database if exists ${own} with (force)`)
    if (await exists()) return name
    throw error
  }
  const older = await admin.query<{ datname: string }>(
    "select datname from pg_catalog.pg_database where pg_catalog.starts_with(datname::text, $1) and datname <> $2",
    [`${family}_`, name],
  )
  // One that somebody copies right now stays until the next time.
  for (const { datname } of older)
    await admin.run(`drop database if exists ${datname}`).catch(() => undefined)
  return name
}

function shortHash(parts: readonly unknown[]): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 10)
}

async function makeTemplate(server: TestServer, { seed, at, ...options }: TemplateOptions): Promise<string> {
  const name = await create(server.admin, "lockstep_unfinished", "template0")
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
