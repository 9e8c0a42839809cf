import type { Catalog, CatalogObject } from "./catalog.ts"
import { leaveOut } from "./leave-out.ts"

/** Which objects of a database count. */
export interface Selection {
  /** Only what fits one of these patterns counts. Default: everything. */
  readonly include?: readonly string[]
  /** What fits one of these patterns does not count. Default: nothing. */
  readonly exclude?: readonly string[]
}

/**
 * Returns what of a catalog counts. A pattern is `<schema>` (it and all in it), `<schema>.<name>` or `<kind>:<name>`, with
 * `*` for any characters: `audit`, `public.tmp_*`, `trigger:*`, `policy:public.users`. What is a part of something goes and
 * stays with it.
 */
export function select(catalog: Catalog, { include = [], exclude = [] }: Selection): Catalog {
  const left = exclude.length === 0 ? catalog : leaveOut(catalog, fitsOne(exclude))
  return include.length === 0 ? left : keepOnly(left, fitsOne(include))
}

/** Schemas and extensions of what is kept stay: it could not be made without them. */
function keepOnly(catalog: Catalog, fits: (object: CatalogObject) => boolean): Catalog {
  const kept = new Set(catalog.objects.filter(fits).map(({ id }) => id))
  for (let before = -1; before < kept.size; ) {
    before = kept.size
    for (const { id, parent } of catalog.objects) if (parent && kept.has(parent.id)) kept.add(id)
    for (const { from, to, type } of catalog.dependencies) {
      if ((type === "owned" || type === "goes") && kept.has(to)) kept.add(from)
    }
  }
  const byId = new Map(catalog.objects.map((object) => [object.id, object]))
  for (const { from, to } of catalog.dependencies) {
    const kind = byId.get(to)?.kind
    if (kept.has(from) && (kind === "schema" || kind === "extension")) kept.add(to)
  }
  return leaveOut(catalog, ({ id }) => !kept.has(id))
}

function fitsOne(patterns: readonly string[]): (object: CatalogObject) => boolean {
  const tests = patterns.map(testOf)
  return (object) => tests.some((test) => test(object))
}

function testOf(pattern: string): (object: CatalogObject) => boolean {
  const [, kind, name = ""] = /^(?:([a-z][a-z ]*):)?(.*)$/.exec(pattern) ?? []
  const fits = expressionOf(name)
  const wholeSchema = kind === undefined && !name.includes(".")
  return (object) => {
    if (kind !== undefined && object.kind !== kind) return false
    if (wholeSchema) return fits.test(object.kind === "schema" ? object.identity : schemaOf(object))
    return namesOf(object).some((each) => fits.test(each))
  }
}

/** Its identity; without the arguments of a function; of what belongs to a table (`a on public.t`) its own and the table's. */
function namesOf({ identity, name, parent }: CatalogObject): readonly string[] {
  return [identity, identity.replace(/\(.*\)$/, ""), name, ...(parent === undefined ? [] : [parent.identity])]
}

function schemaOf({ identity, name, parent }: CatalogObject): string {
  const place = parent?.identity ?? identity
  const [, quoted, bare] = /^(?:("(?:[^"]|"")*")|([^."(]+))\./.exec(place) ?? []
  return quoted ?? bare ?? (place === name ? "" : place)
}

function expressionOf(pattern: string): RegExp {
  const text = pattern.replaceAll(/[.+^$()|[\]\\{}?]/g, "\\$&").replaceAll("*", ".*")
  return new RegExp(`^${text}$`)
}
