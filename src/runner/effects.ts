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

/** What was true before the statement, as it is kept in the history. */
type Facts = Readonly<Record<string, unknown>>

/** Returns what must be remembered of the state before, so that the outcome can be told afterwards. */
export async function factsBefore(connection: Connection, effect: Effect): Promise<Facts> {
  switch (effect.kind) {
    case "create-index": {
      const indexes = await indexesOf(connection, effect)
      return { indexes: indexes.map(({ oid }) => oid) }
    }
    case "drop-index":
      return { there: (await stillThere(connection, effect.indexes)).length > 0 }
    case "detach-partition":
      return { there: (await attachment(connection, effect)) !== "none" }
    case "reindex":
    case "repeatable":
    case "unknown":
      return {}
    default:
      return { there: await isThere(connection, effect) }
  }
}

/**
 * Looks up what became of a step that was begun by an earlier run, and removes what it left half done. It took effect
 * where the state is the wanted one now and was not before: a statement that the server refused because of a slip in a
 * name has not dropped anything, although nothing of that name is there.
 *
 * @param before what `factsBefore` had returned
 * @param state `failed` where the server had refused it, `started` where nobody saw how it ended
 */
export async function lookUpEffect(
  { connection }: RunContext,
  effect: Effect,
  before: Facts,
  state: "started" | "failed",
): Promise<Outcome> {
  switch (effect.kind) {
    case "create-index":
      return lookUpIndex(connection, effect, before)
    case "drop-index":
      return lookUpDroppedIndexes(connection, effect.indexes, before)
    case "reindex":
      return dropReindexLeftovers(connection, effect)
    case "detach-partition":
      return lookUpDetach(connection, effect, before)
    case "repeatable":
      return { outcome: "again", found: "it can be run again" }
    case "unknown":
      // A procedure that commits may have done so before it failed.
      return state === "failed" && before.commits !== true
        ? { outcome: "again", found: "the server had refused it" }
        : { outcome: "unknown", found: "its outcome cannot be looked up" }
    default:
      return lookUpObject(connection, effect, before)
  }
}

/**
 * Makes sure that a step which the server reported as successful really is.
 *
 * @throws ToolError `index-left-invalid`: CREATE INDEX CONCURRENTLY IF NOT EXISTS skips over an invalid leftover
 */
export async function checkEffect(connection: Connection, effect: Effect, step: Step): Promise<void> {
  if (effect.kind !== "create-index" || effect.name === undefined) return
  const [index] = await indexesOf(connection, effect)
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

type CreateIndex = Extract<Effect, { kind: "create-index" }>

/** The indexes of the table; only the one that is meant, where the statement names it. */
function indexesOf(connection: Connection, { table, name }: CreateIndex): Promise<readonly IndexRow[]> {
  return connection.query<IndexRow>(
    `select ${indexColumns} where i.indrelid = pg_catalog.to_regclass($1)::pg_catalog.oid and ($2::text is null or c.relname = $2) order by c.oid`,
    [qualified(table), name ?? null],
  )
}

async function lookUpIndex(connection: Connection, effect: CreateIndex, before: Facts): Promise<Outcome> {
  // A script made by `upgrade --sql` does not remember what was there.
  const isRemembered = Array.isArray(before.indexes)
  if (!isRemembered && effect.name === undefined)
    return { outcome: "unknown", found: "the index has no name" }
  const known = new Set(isRemembered ? (before.indexes as readonly unknown[]).map(String) : [])
  const ours = (await indexesOf(connection, effect)).filter(({ oid }) => !known.has(oid))
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
async function lookUpDroppedIndexes(
  connection: Connection,
  names: readonly QualifiedName[],
  before: Facts,
): Promise<Outcome> {
  const left = await stillThere(connection, names)
  if (left.length > 0) return { outcome: "again", found: `index ${left.join(", ")} is still there` }
  return before.there === false
    ? { outcome: "again", found: "the index was not there before" }
    : { outcome: "done", found: "the index is gone" }
}

async function stillThere(
  connection: Connection,
  names: readonly QualifiedName[],
): Promise<readonly string[]> {
  const rows = await connection.query<{ name: string }>(
    "select name from pg_catalog.unnest($1::text[]) as name where pg_catalog.to_regclass(name) is not null",
    [names.map(qualified)],
  )
  return rows.map(({ name }) => name)
}

/** A cut-off REINDEX CONCURRENTLY leaves its copy (`_ccnew`) or the original (`_ccold`) as an invalid index. */
async function dropReindexLeftovers(
  connection: Connection,
  effect: Extract<Effect, { kind: "reindex" }>,
): Promise<Outcome> {
  const { name, target } = effect
  const oid =
    name === undefined ? "" : `pg_catalog.to_regclass(${quoteLiteral(qualified(name))})::pg_catalog.oid`
  const scope =
    name === undefined
      ? "true"
      : target === "table"
        ? `i.indrelid = ${oid}`
        : `i.indrelid = (select o.indrelid from pg_catalog.pg_index o where o.indexrelid = ${oid})`
  const rows = await connection.query<IndexRow>(
    `select ${indexColumns} where ${scope} and not i.indisvalid and c.relname::pg_catalog.text ~ '_cc(new|old)[0-9]*$'
  and not exists (select from pg_catalog.pg_stat_progress_create_index p where p.index_relid = c.oid)`,
  )
  for (const { identity } of rows) await connection.run(`drop index concurrently if exists ${identity}`)
  const found =
    rows.length === 0 ? "nothing was left behind" : `${rows.length} invalid copies have been dropped`
  return { outcome: "again", found }
}

type DetachPartition = Extract<Effect, { kind: "detach-partition" }>

async function attachment(
  connection: Connection,
  { parent, partition }: DetachPartition,
): Promise<"attached" | "pending" | "none"> {
  const [row] = await connection.query<{ pending: boolean }>(
    `select inhdetachpending as pending from pg_catalog.pg_inherits
where inhparent = pg_catalog.to_regclass($1)::pg_catalog.oid and inhrelid = pg_catalog.to_regclass($2)::pg_catalog.oid`,
    [qualified(parent), qualified(partition)],
  )
  if (row === undefined) return "none"
  return row.pending ? "pending" : "attached"
}

async function lookUpDetach(
  connection: Connection,
  effect: DetachPartition,
  before: Facts,
): Promise<Outcome> {
  const partition = qualified(effect.partition)
  const now = await attachment(connection, effect)
  if (now === "attached") return { outcome: "again", found: `partition ${partition} is still attached` }
  if (now === "pending") {
    await connection.run(`alter table ${qualified(effect.parent)} detach partition ${partition} finalize`)
    return { outcome: "done", found: `the detaching of ${partition} was half done and has been finalized` }
  }
  return before.there === false
    ? { outcome: "again", found: `partition ${partition} was not attached before` }
    : { outcome: "done", found: `partition ${partition} is detached` }
}

/** What is there or not, as a whole and by its name. */
type NamedObject = Extract<Effect, { kind: "enum-value" | `${"create" | "drop"}-${keyof typeof byName}` }>

const byName = {
  database: "select from pg_catalog.pg_database where datname = $1",
  tablespace: "select from pg_catalog.pg_tablespace where spcname = $1",
  subscription:
    "select from pg_catalog.pg_subscription where subname = $1 and subdbid = (select oid from pg_catalog.pg_database where datname = pg_catalog.current_database())",
}

async function lookUpObject(connection: Connection, effect: NamedObject, before: Facts): Promise<Outcome> {
  const there = await isThere(connection, effect)
  const wanted = !effect.kind.startsWith("drop-")
  const found = `${describe(effect)} is ${there ? "there" : "not there"}`
  if (there !== wanted) return { outcome: "again", found }
  return before.there === wanted
    ? { outcome: "again", found: `${found}, as it was before` }
    : { outcome: "done", found }
}

async function isThere(connection: Connection, effect: NamedObject): Promise<boolean> {
  if (effect.kind === "enum-value") {
    const text =
      "select from pg_catalog.pg_enum where enumtypid = pg_catalog.to_regtype($1)::pg_catalog.oid and enumlabel = $2"
    return (await connection.query(text, [qualified(effect.type), effect.value])).length > 0
  }
  return (await connection.query(byName[objectOf(effect.kind)], [effect.name])).length > 0
}

function describe(effect: NamedObject): string {
  return effect.kind === "enum-value"
    ? `enum value ${quoteLiteral(effect.value)}`
    : `${objectOf(effect.kind)} ${quoteIdentifier(effect.name)}`
}

function objectOf(kind: `${"create" | "drop"}-${keyof typeof byName}`): keyof typeof byName {
  return kind.split("-")[1] as keyof typeof byName
}
