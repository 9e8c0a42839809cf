import { ToolError } from "../diagnostic.ts"
import type { AppliedRevision } from "./applied.ts"
import type { Needed } from "./needed.ts"

/** What was found when the schema is good for this build. */
export interface SchemaReport {
  /** How many revisions this build needs; all are applied. A contract that is still to come is not needed. */
  readonly needed: number
  /** Applied revisions that this build does not know, all compatible with older code. */
  readonly ahead: readonly string[]
}

/**
 * Compares what a database is at with what a build needs.
 *
 * @throws ToolError `schema-behind`, `schema-edited`, `schema-incompatible`
 */
export function compare(applied: readonly AppliedRevision[], needed: readonly Needed[]): SchemaReport {
  const byId = new Map(applied.map((revision) => [revision.id, revision]))
  const found = needed.map((wanted) => ({ wanted, there: stateOf(wanted, byId.get(wanted.id)) }))
  const idsOf = (state: State) => found.filter(({ there }) => there === state).map(({ wanted }) => wanted.id)
  // Code that comes with a contract revision works before it, too: it is held until older code is gone.
  const waiting = found.filter(({ wanted, there }) => there === "missing" && wanted.phase === "contract")
  const missing = idsOf("missing").filter((id) => !waiting.some(({ wanted }) => wanted.id === id))
  if (missing.length > 0) throw behind(missing)
  const edited = idsOf("edited")
  if (edited.length > 0) throw notTheSame(edited)

  const known = withAncestors(needed, byId)
  // A repeatable that this build does not know replaces something whole; it removes nothing that others need.
  const unknown = applied.filter(({ id, repeatable }) => !repeatable && !known.has(id))
  const incompatible = unknown.filter(({ compatible }) => !compatible)
  if (incompatible.length > 0) throw predated(incompatible.map(({ id }) => id))
  return {
    needed: needed.length - waiting.length,
    ahead: unknown.filter(({ finished }) => finished).map(({ id }) => id),
  }
}

type State = "applied" | "missing" | "edited"

/** A repeatable of which this database never ran this text has yet to run here; an older one than it runs now is fine. */
function stateOf({ checksum, repeatable }: Needed, applied: AppliedRevision | undefined): State {
  if (applied === undefined || !applied.finished) return "missing"
  if (checksum === undefined || applied.checksums.includes(checksum)) return "applied"
  return repeatable ? "missing" : "edited"
}

/** What is needed and, as far as the database knows it, what that descends from. */
function withAncestors(
  needed: readonly Needed[],
  applied: ReadonlyMap<string, AppliedRevision>,
): ReadonlySet<string> {
  const known = new Set(needed.map(({ id }) => id))
  for (const id of known) for (const parent of applied.get(id)?.parents ?? []) known.add(parent)
  return known
}

function behind(missing: readonly string[]): ToolError {
  return new ToolError("schema-behind", `the database lacks ${count(missing)} that this build needs`, {
    ...facts("not applied", missing),
    hint: "run lockstep upgrade before this build serves",
    data: { missing },
  })
}

function notTheSame(edited: readonly string[]): ToolError {
  const message = `the database has run ${count(edited)} with another text than this build has`
  return new ToolError("schema-edited", message, {
    ...facts("not the same", edited),
    hint: "restore the text that ran, or have lockstep stamp --accept-checksum record that this one means the same",
    data: { edited },
  })
}

function predated(incompatible: readonly string[]): ToolError {
  const message = `the database has run ${count(incompatible)} that this build predates and that may have removed what it needs`
  return new ToolError("schema-incompatible", message, {
    ...facts("not compatible with older code", incompatible),
    hint: "deploy a build that holds it",
    data: { incompatible },
  })
}

const mostListed = 10

function facts(what: string, ids: readonly string[]) {
  const details = ids.slice(0, mostListed).map((id) => `${what}: ${id}`)
  const more = ids.length - mostListed
  return { details: more > 0 ? [...details, `and ${more} more`] : details, subject: ids[0] }
}

function count({ length }: readonly string[]): string {
  return length === 1 ? "a revision" : `${length} revisions`
}
