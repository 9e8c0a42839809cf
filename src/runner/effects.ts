import type { Connection } from "../db/connection.ts"
import { ToolError } from "../diagnostic.ts"
import { qualified, quoteIdentifier, quoteLiteral } from "../sql/identifier.ts"
import type { Effect, QualifiedName, Step } from "../sql/step.ts"
import type { RunContext } from "./context.ts"

/**
 * What a statement that ran outside a transaction has left in the catalog, by which the outcome of one that was cut
 * off is found.
 */
export interface Outcome {
  readonly outcome: "done" | "again" | "unknown"
  /** What was found, for the person who watches: "index public.users_email was left invalid and has been dropped". */
  readonly found: string
}

type Facts = Readonly<Record<string, unknown>>

/** Returns what must be remembered of the state before, so that the outcome can be told afterwards. */
export async function factsBefore(connection: Connection, effect: Effect): Promise<Facts | undefined> {
  if (effect.kind === "create-index" && effect.name === undefined) {
    return { indexes: (await indexesOf(connection, effect.table)).map(({ oid }) => oid) }
  }
  if (effect.kind === "create-index" && effect.name !== undefined) {
    const index = await findIndex(connection, indexName(effect.table, effect.name))
    return index === undefined ? undefined : { indexes: [index.oid] }
  }
  return undefined
}

/**
 * Looks up what became of a step that was begun by an earlier run, and removes what it left half done.
 *
 * @param before what `factsBefore` had returned
 * @param state `failed` where the server had refused it, `started` where nobody saw how it ended
 */
export async function lookUpEffect(
  context: RunContext,
  effect: Effect,
  before: Facts,
  state: "started" | "failed",
): Promise<Outcome> {
  const { connection } = context
  switch (effect.kind) {
    case "create-index":
      return lookUpIndex(connection, effect, before)
    case "drop-index":
      return dropIndexLeftovers(connection, effect.indexes)
    case "reindex":
      return dropReindexLeftovers(connection, effect)
    case "enum-value":
      return exists(connection, enumValueText(effect), `enum value ${quoteLiteral(effect.value)}`)
    case "detach-partition":
      return lookUpDetach(connection, effect)
    case "repeatable":
      return { outcome: "again", found: "it can be run again" }
    case "unknown":
      return state === "failed"
        ? { outcome: "again", found: "the server had refused it" }
        : { outcome: "unknown", found: "its outcome cannot be looked up" }
    default:
      return lookUpNamed(connection, effect)
  }
}

/**
 * Makes sure that a step which the server reported as successful really is.
 *
 * @throws ToolError `index-left-invalid`: CREATE INDEX CONCURRENTLY IF NOT EXISTS skips over an invalid leftover
 */
export async function checkEffect(connection: Connection, effect: Effect, step: Step): Promise<void> {
  if (effect.kind !== "create-index" || effect.name === undefined) return
  const index = await findIndex(connection, indexName(effect.table, effect.name))
  if (index === undefined || index.valid) return
  throw new ToolError("index-left-invalid", `index ${index.identity} exists, but is not valid`, {
    subject: index.identity,
    location: { file: step.file, line: step.line },
    details: ["the server skipped the statement because of IF NOT EXISTS; no query uses an invalid index"],
    hint: `drop index concurrently ${index.identity}; then run the same command again`,
  })
}

interface IndexRow {
  readonly oid: string
  readonly identity: string
  readonly valid: boolean
}

const indexColumns = `c.oid::text as oid, pg_catalog.format('%I.%I', n.nspname, c.relname) as identity, i.indisvalid and i.indisready as valid
from pg_catalog.pg_index i join pg_catalog.pg_class c on c.oid = i.indexrelid join pg_catalog.pg_namespace n on n.oid = c.relnamespace`

/** An index lives in the schema of its table. */
function indexName(table: QualifiedName, name: string): QualifiedName {
  return table.schema === undefined ? { name } : { schema: table.schema, name }
}

async function findIndex(connection: Connection, name: QualifiedName): Promise<IndexRow | undefined> {
  const rows = await connection.query<IndexRow>(
    `select ${indexColumns} where c.oid = pg_catalog.to_regclass($1)`,
    [qualified(name)],
  )
  return rows[0]
}

function indexesOf(connection: Connection, table: QualifiedName): Promise<readonly IndexRow[]> {
  return connection.query<IndexRow>(
    `select ${indexColumns} where i.indrelid = pg_catalog.to_regclass($1) order by c.oid`,
    [qualified(table)],
  )
}

async function lookUpIndex(
  connection: Connection,
  effect: Extract<Effect, { kind: "create-index" }>,
  before: Facts,
): Promise<Outcome> {
  const known = new Set(Array.isArray(before.indexes) ? before.indexes.map(String) : [])
  const found =
    effect.name === undefined
      ? await indexesOf(connection, effect.table)
      : [await findIndex(connection, indexName(effect.table, effect.name))].filter((row) => row !== undefined)
  const ours = found.filter(({ oid }) => !known.has(oid))
  const invalid = ours.filter(({ valid }) => !valid)
  for (const { identity } of invalid) await connection.run(`drop index concurrently if exists ${identity}`)
  if (invalid.length > 0) {
    const names = invalid.map(({ identity }) => identity).join(", ")
    return { outcome: "again", found: `index ${names} was left invalid and has been dropped` }
  }
  const valid = ours[0]
  if (valid !== undefined) return { outcome: "done", found: `index ${valid.identity} is there and valid` }
  return { outcome: "again", found: "the index is not there" }
}

/** DROP INDEX CONCURRENTLY first marks the index invalid; a cut-off one is finished by running it again. */
async function dropIndexLeftovers(connection: Connection, names: readonly QualifiedName[]): Promise<Outcome> {
  const left: string[] = []
  for (const name of names) if ((await findIndex(connection, name)) !== undefined) left.push(qualified(name))
  if (left.length === 0) return { outcome: "done", found: "the index is gone" }
  return { outcome: "again", found: `index ${left.join(", ")} is still there` }
}

/** A cut-off REINDEX CONCURRENTLY leaves its copy (`_ccnew`) or the original (`_ccold`) as an invalid index. */
async function dropReindexLeftovers(
  connection: Connection,
  effect: Extract<Effect, { kind: "reindex" }>,
): Promise<Outcome> {
  const scope =
    effect.name === undefined
      ? "true"
      : effect.target === "table"
        ? `i.indrelid = pg_catalog.to_regclass(${quoteLiteral(qualified(effect.name))})`
        : `i.indrelid = (select o.indrelid from pg_catalog.pg_index o where o.indexrelid = pg_catalog.to_regclass(${quoteLiteral(qualified(effect.name))}))`
  const rows = await connection.query<IndexRow>(
    `select ${indexColumns} where ${scope} and not i.indisvalid and c.relname ~ '_cc(new|old)[0-9]*$'
  and not exists (select from pg_catalog.pg_stat_progress_create_index p where p.index_relid = c.oid)`,
  )
  for (const { identity } of rows) await connection.run(`drop index concurrently if exists ${identity}`)
  const found = rows.length === 0 ? "nothing was left behind" : `${rows.length} invalid copies have been dropped`
  return { outcome: "again", found }
}

function enumValueText(effect: Extract<Effect, { kind: "enum-value" }>): string {
  return `select exists (select from pg_catalog.pg_enum e where e.enumtypid = pg_catalog.to_regtype(${quoteLiteral(qualified(effect.type))}) and e.enumlabel = ${quoteLiteral(effect.value)}) as yes`
}

async function lookUpDetach(
  connection: Connection,
  effect: Extract<Effect, { kind: "detach-partition" }>,
): Promise<Outcome> {
  const [row] = await connection.query<{ pending: boolean }>(
    `select inhdetachpending as pending from pg_catalog.pg_inherits
where inhparent = pg_catalog.to_regclass($1) and inhrelid = pg_catalog.to_regclass($2)`,
    [qualified(effect.parent), qualified(effect.partition)],
  )
  const partition = qualified(effect.partition)
  if (row === undefined) return { outcome: "done", found: `partition ${partition} is detached` }
  if (!row.pending) return { outcome: "again", found: `partition ${partition} is still attached` }
  await connection.run(`alter table ${qualified(effect.parent)} detach partition ${partition} finalize`)
  return { outcome: "done", found: `the detaching of ${partition} was half done and has been finalized` }
}

type NamedEffect = Extract<Effect, { readonly name: string; readonly kind: `${"create" | "drop"}-${string}` }>

const namedObjects = {
  database: "select exists (select from pg_catalog.pg_database where datname = $name) as yes",
  tablespace: "select exists (select from pg_catalog.pg_tablespace where spcname = $name) as yes",
  subscription:
    "select exists (select from pg_catalog.pg_subscription where subname = $name and subdbid = (select oid from pg_catalog.pg_database where datname = pg_catalog.current_database())) as yes",
}

async function lookUpNamed(connection: Connection, effect: Exclude<NamedEffect, { kind: "create-index" }>): Promise<Outcome> {
  const [verb, object] = effect.kind.split("-") as ["create" | "drop", keyof typeof namedObjects]
  const text = namedObjects[object].replace("$name", () => quoteLiteral(effect.name))
  const there = await isTrue(connection, text)
  const found = `${object} ${quoteIdentifier(effect.name)} is ${there ? "there" : "not there"}`
  return { outcome: there === (verb === "create") ? "done" : "again", found }
}

async function exists(connection: Connection, text: string, what: string): Promise<Outcome> {
  const there = await isTrue(connection, text)
  return there ? { outcome: "done", found: `${what} is there` } : { outcome: "again", found: `${what} is not there` }
}

async function isTrue(connection: Connection, text: string): Promise<boolean> {
  const [row] = await connection.query<{ yes: boolean }>(text)
  return row?.yes === true
}
