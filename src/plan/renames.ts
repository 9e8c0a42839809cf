import type { Catalog, CatalogObject } from "../catalog/catalog.ts"
import { ToolError } from "../diagnostic.ts"

/** A table or column that keeps its rows under a new name. */
export interface Rename {
  readonly kind: "table" | "column"
  /** Id in the source. */
  readonly from: string
  /** Identity of the table that it is, or is in: `public.users`. */
  readonly table: string
  /** Both quoted where necessary. */
  readonly oldName: string
  readonly newName: string
}

/**
 * Understands `old=new`: a table `public.users=people`, or a column `public.users.name=full_name`.
 *
 * @throws ToolError `invalid-rename` where what is to be renamed is not there, or the new name is not wanted
 */
export function findRenames(from: Catalog, to: Catalog, words: readonly string[]): readonly Rename[] {
  return words.map((word) => {
    const [old = "", newName = ""] = word.split("=", 2)
    const source = from.objects.find(({ kind, identity }) => isNamed(kind) && identity === old)
    const target = to.objects.find(
      ({ kind, identity }) => kind === source?.kind && identity === beside(old, newName),
    )
    if (source === undefined || target === undefined) {
      const missing =
        source === undefined ? `there is no table or column ${old}` : `${beside(old, newName)} is not wanted`
      throw new ToolError("invalid-rename", `--rename ${word}: ${missing}`, {
        hint: "write public.users=people or public.users.name=full_name, old name first",
        subject: word,
      })
    }
    return {
      kind: source.kind as Rename["kind"],
      from: source.id,
      table: source.kind === "table" ? source.identity : (source.parent?.identity ?? ""),
      oldName: source.name,
      newName: target.name,
    }
  })
}

/** The statement that renames. */
export function renameText({ kind, table, oldName, newName }: Rename): string {
  const what = kind === "table" ? "" : ` column ${oldName}`
  return `alter table ${table} rename${what} to ${newName}`
}

/** The rename that undoes it. */
export function reverseOf(rename: Rename): Rename {
  const { kind, table, oldName, newName } = rename
  return {
    ...rename,
    table: kind === "table" ? beside(table, newName) : table,
    oldName: newName,
    newName: oldName,
  }
}

/**
 * Stops where something that goes resembles something that comes, and nobody has said whether it is a rename.
 *
 * @throws ToolError `rename-or-drop` with the flags that answer it
 */
export function refuseUnanswered(
  from: Catalog,
  to: Catalog,
  renames: readonly Rename[],
  drops: readonly string[],
): void {
  const answered = new Set(renames.map((rename) => rename.from))
  const before = new Set(from.objects.map(({ id }) => id))
  const after = new Set(to.objects.map(({ id }) => id))
  const gone = from.objects.filter(
    ({ id, kind, identity }) =>
      isNamed(kind) && !after.has(id) && !answered.has(id) && !drops.includes(identity),
  )
  const taken = new Set(renames.map(({ table, newName }) => `${table} ${newName}`))
  const fresh = to.objects.filter(
    ({ id, name, parent }) => !before.has(id) && !taken.has(`${parent?.identity} ${name}`),
  )
  const pairs = gone.flatMap((object) => {
    const likely = fresh
      .filter((other) => resembles(object, other, from, to))
      .sort((a, b) => Number(sharesName(b, object)) - Number(sharesName(a, object)))
    return likely.length === 0 ? [] : [[object, likely] as const]
  })
  if (pairs.length === 0) return
  const flags = pairs.map(([object, likely]) => [
    ...likely.map(({ name }) => `--rename ${object.identity}=${name}`),
    `--drop ${object.identity}`,
  ])
  throw new ToolError("rename-or-drop", "something that goes resembles something that is new", {
    details: pairs.map(
      ([object, likely]) =>
        `${object.id} goes; new and of the same make: ${likely.map(({ id }) => id).join(", ")}`,
    ),
    hint: `say which it is: ${flags.map((pair) => pair.join(" or ")).join("; ")}`,
    data: {
      answers: flags,
      questions: pairs.map(([object, likely]) => ({
        goes: object.identity,
        comes: likely.map(({ name }) => name),
      })),
    },
  })
}

function isNamed(kind: string): boolean {
  return kind === "table" || kind === "column"
}

/** `full_name` was `name`. */
function sharesName({ name }: CatalogObject, other: CatalogObject): boolean {
  return name.includes(other.name) || other.name.includes(name)
}

/** A column of the same table and type, or a table with the same columns. */
function resembles(old: CatalogObject, other: CatalogObject, from: Catalog, to: Catalog): boolean {
  if (old.kind !== other.kind) return false
  if (old.kind === "column") {
    return old.parent?.id === other.parent?.id && old.properties.dataType === other.properties.dataType
  }
  const columns = columnsOf(from, old.id)
  return columns !== "" && columns === columnsOf(to, other.id)
}

function columnsOf(catalog: Catalog, table: string): string {
  return catalog.objects
    .filter(({ kind, parent }) => kind === "column" && parent?.id === table)
    .map(({ name, properties }) => `${name} ${properties.dataType}`)
    .sort()
    .join(", ")
}

/** The identity that the old one has under a new name. */
function beside(identity: string, newName: string): string {
  const dot = identity.lastIndexOf(".")
  return dot === -1 ? newName : `${identity.slice(0, dot + 1)}${newName}`
}
