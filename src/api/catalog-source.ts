import type { Catalog } from "../catalog/catalog.ts"
import { type Selection, select } from "../catalog/select.ts"
import { type Connection, ServerError } from "../db/connection.ts"
import { loadSources } from "../desired/load.ts"
import { ToolError } from "../diagnostic.ts"
import { introspect } from "../introspect/introspect.ts"
import { openTarget } from "../runner/target.ts"
import { loadSchema } from "../scratch/load.ts"
import { missingRole } from "../scratch/roles.ts"
import type { Scratch, ScratchDatabase } from "../scratch/scratch.ts"
import type { Source } from "../sql/source.ts"
import { keepCatalog, keptCatalog, keyOfRevisions, keyOfSources } from "./catalog-cache.ts"
import type { ProjectOptions, SchemaSource, TargetOptions } from "./options.ts"
import { projectOnly } from "./project.ts"
import { upgrade } from "./upgrade.ts"

/** Where the structure of a database can be read from. */
export type CatalogSource =
  /** A database without anything in it. */
  | { readonly kind: "empty" }
  /** A live database; only read. */
  | { readonly kind: "database"; readonly target: TargetOptions }
  /** Files of SQL, folders of them, models: whose files and statements may stand in any order. */
  | { readonly kind: "sql"; readonly paths: readonly SchemaSource[]; readonly root?: string }
  /** What the revisions produce; up to all heads unless `to` names some. */
  | { readonly kind: "revisions"; readonly project: ProjectOptions; readonly to?: readonly string[] }

/** What reading from a source needs besides the source. */
export interface ReadOptions extends Selection {
  /** Schemas of Lockstep's own, left out on all sides. Default: `lockstep`. */
  readonly historySchema?: string
}

/** Reads a live database, in one read-only snapshot. */
export async function readDatabase(target: TargetOptions, options: ReadOptions): Promise<Catalog> {
  const opened = await openTarget({ ...target, command: "diff", writes: false })
  try {
    return await introspectOwn(opened.connection, options)
  } finally {
    await opened.close()
  }
}

/** Whether a source has to be loaded on scratch before it can be read. */
export function needsScratch({ kind }: CatalogSource): boolean {
  return kind !== "database"
}

/** Makes a scratch database that holds what the source describes. */
export async function loadOnScratch(
  source: Exclude<CatalogSource, { kind: "database" }>,
  scratch: Scratch,
): Promise<ScratchDatabase> {
  const database = await scratch.database()
  if (source.kind === "sql") {
    const connection = await database.connect()
    try {
      await loadSchema(connection, await loadSources(source.paths, source.root ?? "."), scratch.makeRole)
    } finally {
      await connection.close()
    }
  }
  if (source.kind === "revisions") {
    await replay(database, scratch, source.project, source.to ?? ["heads"])
  }
  return database
}

/**
 * Reads what a source leads to, loaded on scratch; without loading it where the same was loaded before and its catalog
 * kept. Only what the embedded server made is kept: a server of the user's own may change.
 */
export async function readLoaded(
  source: Exclude<CatalogSource, { kind: "database" }>,
  scratch: Scratch,
  options: ReadOptions & Pick<ProjectOptions, "cache">,
): Promise<Catalog> {
  if (source.kind === "sql")
    return readDesired(await loadSources(source.paths, source.root ?? "."), scratch, options)
  const cache = source.kind === "revisions" ? source.project.cache : options.cache
  return keptOrRead(cache, await keyFor(source, scratch, options), async () => {
    await using database = await loadOnScratch(source, scratch)
    return await readScratch(database, options)
  })
}

/**
 * Reads what SQL makes whose files and statements may stand in any order; kept as `readLoaded` keeps it.
 *
 * @param lasting the database goes with the scratch, and not before
 */
export async function readDesired(
  printed: readonly Source[],
  scratch: Scratch,
  options: ReadOptions & Pick<ProjectOptions, "cache">,
  lasting = false,
): Promise<Catalog> {
  const key = keyOfSources(printed, readingOn(scratch, options))
  return keptOrRead(options.cache, scratch.embedded ? key : undefined, async () => {
    const database = await scratch.database()
    const connection = await database.connect()
    try {
      await loadSchema(connection, printed, scratch.makeRole)
      await connection.run("discard all")
      // The session knows the server's catalogs by now; another would have to read them first.
      return await introspectOwn(connection, options)
    } finally {
      await connection.close()
      if (!lasting) await database[Symbol.asyncDispose]()
    }
  })
}

/** Returns the catalog that is kept under a key, or reads it and keeps it. */
export async function keptOrRead(
  cache: ProjectOptions["cache"],
  key: string | undefined,
  read: () => Promise<Catalog>,
): Promise<Catalog> {
  if (cache === false || key === undefined) return read()
  const kept = keptCatalog(cache, key)
  if (kept !== undefined) return kept
  const catalog = await read()
  keepCatalog(cache, key, catalog)
  return catalog
}

async function keyFor(
  source: Exclude<CatalogSource, { kind: "database" | "sql" }>,
  scratch: Scratch,
  options: ReadOptions,
): Promise<string | undefined> {
  if (source.kind === "empty" || !scratch.embedded) return undefined
  return keyOfRevisions(source.project, source.to ?? ["heads"], readingOn(scratch, options))
}

/** Everything but the source that decides what is read. */
export function readingOn(
  { serverVersion }: Scratch,
  { historySchema, include, exclude }: ReadOptions,
): unknown {
  return { serverVersion, historySchema, include, exclude }
}

/** Reads what a scratch database holds. */
export async function readScratch({ connect }: ScratchDatabase, options: ReadOptions): Promise<Catalog> {
  const connection = await connect()
  try {
    return await introspectOwn(connection, options)
  } finally {
    await connection.close()
  }
}

/** Reads a database that a session is connected to. */
export async function introspectOwn(
  connection: Connection,
  { historySchema = "lockstep", ...selection }: ReadOptions,
): Promise<Catalog> {
  return select(await introspect(connection, { excludeSchemas: [historySchema] }), selection)
}

/** Applies the revisions, making the roles that the scratch server misses. */
export async function replay(
  { connect }: ScratchDatabase,
  scratch: Scratch,
  project: ProjectOptions,
  to: readonly string[],
): Promise<void> {
  for (let made: string | undefined; ; ) {
    try {
      await upgrade({ ...projectOnly(project), connect, to, outOfOrder: "allow" })
      return
    } catch (error) {
      const { cause } = error instanceof ToolError ? error.facts : {}
      const role = cause instanceof ServerError ? missingRole(cause) : undefined
      if (role === undefined || role === made) throw error
      await scratch.makeRole(role)
      made = role
    }
  }
}
