import type { Access, ForeignKey, Relation, WriteEvent } from "./access.ts"
import { readStatement } from "./body/statement.ts"
import { isTree, listOf, nodeOf, type Parser } from "./body/tree.ts"
import type { Subject } from "./subject.ts"

/** One relation that the role can write to, and what makes it possible. */
export interface Writable {
  readonly relation: Relation
  readonly event: WriteEvent
  readonly chain: readonly string[]
  /** The privilege at the beginning of the chain, as SQL that takes it away; absent for predefined roles. */
  readonly revoke?: string
  /** The one column that may be updated, as SQL; absent where it is any. */
  readonly column?: string
  /** With whose rights the write is done: those of the caller, or of the owner of a view or rule on the way. */
  readonly as: number | undefined
}

const writeEvents: readonly string[] = ["INSERT", "UPDATE", "DELETE", "TRUNCATE"]

/**
 * Finds every relation that the role can write to, directly or through views, rules, foreign keys that cascade, and
 * partitions: triggers there run for it, and writes through a view have the rights of the view's owner.
 */
export function writableBy(subject: Subject, parser: Parser, historySchema: string): readonly Writable[] {
  const found = new Map<string, Writable>()
  const queue: Writable[] = []
  const links = linksOf(subject.access, parser, historySchema)
  const enqueue = (item: Writable) => {
    const key = `${item.relation.oid} ${item.event} ${item.as ?? ""} ${item.column ?? ""}`
    if (found.has(key)) return
    found.set(key, item)
    queue.push(item)
  }
  for (const item of directWrites(subject, links)) enqueue(item)
  for (const item of queue) for (const next of furtherWrites(subject, links, item)) enqueue(next)
  return [...found.values()]
}

function directWrites(subject: Subject, { matter }: Links): Writable[] {
  const { access } = subject
  const writes: Writable[] = []
  for (const kind of ["table", "column"] as const)
    for (const grant of subject.grants(kind)) {
      const relation = access.relations.get(grant.oid)
      if (relation === undefined || !matter.has(grant.oid)) continue
      if (!subject.uses(grant.grantee) || !subject.sees(grant.schema)) continue
      if (!writeEvents.includes(grant.privilege)) continue
      writes.push({
        relation,
        event: grant.privilege as WriteEvent,
        chain: [
          ...subject.chainTo(grant.grantee),
          `${subject.nameOf(grant.grantee)} has ${grant.privilege} on ${relation.name}`,
        ],
        revoke: subject.revoke(grant),
        as: undefined,
        ...(grant.column === null || grant.privilege !== "UPDATE" ? {} : { column: grant.column }),
      })
    }
  const writer = subject.namedHolding("pg_write_all_data")
  if (writer === undefined) return writes
  // The server's own views are the same everywhere, and are told of with the role itself.
  for (const relation of access.relations.values())
    if (relation.oid >= 16_384 && matter.has(relation.oid))
      for (const event of ["INSERT", "UPDATE", "DELETE"] as const)
        writes.push({
          relation,
          event,
          chain: [...subject.chainTo(writer.oid), `pg_write_all_data writes to every table`],
          as: undefined,
        })
  return writes
}

/** What a write to one relation brings about on others. */
interface Links {
  readonly partitions: ReadonlyMap<number, readonly Relation[]>
  readonly foreignKeys: ReadonlyMap<number, readonly ForeignKey[]>
  readonly bases: ReadonlyMap<number, Relation>
  readonly rules: ReadonlyMap<number, readonly RuleWrite[]>
  /** Relations at which a write can do more than write. */
  readonly matter: ReadonlySet<number>
}

interface RuleWrite {
  readonly rule: string
  readonly event: WriteEvent
  readonly target: Relation
  readonly written: WriteEvent
}

const known = new WeakMap<Access, Links>()

function linksOf(access: Access, parser: Parser, historySchema: string): Links {
  const links = known.get(access) ?? findLinks(access, parser, historySchema)
  known.set(access, links)
  return links
}

function findLinks(access: Access, parser: Parser, historySchema: string): Links {
  const names = new Map([...access.relations.values()].map((each) => [each.name, each]))
  const partitions = new Map<number, Relation[]>()
  for (const { parent, child } of access.partitions) {
    const relation = access.relations.get(child)
    if (relation !== undefined) partitions.set(parent, [...(partitions.get(parent) ?? []), relation])
  }
  const foreignKeys = new Map<number, ForeignKey[]>()
  for (const key of access.foreignKeys) foreignKeys.set(key.to, [...(foreignKeys.get(key.to) ?? []), key])
  const bases = new Map<number, Relation>()
  for (const { oid, definition } of access.relations.values()) {
    const base = definition === undefined ? undefined : baseOf(definition, parser, names)
    if (base !== undefined) bases.set(oid, base)
  }
  const rules = new Map<number, RuleWrite[]>()
  for (const { name, relation, event, definition } of access.rules)
    for (const { target, written } of ruleWrites(definition, parser, names))
      rules.set(relation, [...(rules.get(relation) ?? []), { rule: name, event, target, written }])
  const ordinary = [...access.relations.values()].filter(
    ({ oid, remoteCatalog, schema }) =>
      oid >= 16_384 && !remoteCatalog && access.schemas.get(schema)?.name !== historySchema,
  )
  const matter = new Set(access.relations.keys())
  const linked = [partitions, foreignKeys, bases, rules].map((each) => new Set<number>(each.keys()))
  const triggered = new Set(access.triggers.map(({ relation }) => relation))
  for (const { oid } of ordinary)
    if (!triggered.has(oid) && !linked.some((each) => each.has(oid))) matter.delete(oid)
  return { partitions, foreignKeys, bases, rules, matter }
}

function* furtherWrites(subject: Subject, links: Links, whole: Writable): Generator<Writable> {
  const { column: _, ...item } = whole
  const { relation, event, chain } = item
  for (const next of links.partitions.get(relation.oid) ?? [])
    yield { ...whole, relation: next, chain: [...chain, `${next.name} is a part of ${relation.name}`] }
  for (const key of links.foreignKeys.get(relation.oid) ?? []) {
    const next = subject.access.relations.get(key.from)
    const action = event === "DELETE" ? key.onDelete : event === "UPDATE" ? key.onUpdate : ""
    if (next === undefined || !["c", "n", "d"].includes(action)) continue
    const cascaded: WriteEvent = event === "DELETE" && action === "c" ? "DELETE" : "UPDATE"
    yield {
      ...item,
      relation: next,
      event: cascaded,
      chain: [...chain, `a foreign key carries it on to ${next.name} (${cascaded})`],
      as: next.owner,
    }
  }
  const owner = subject.nameOf(relation.owner)
  const base = links.bases.get(relation.oid)
  if (base !== undefined)
    yield {
      ...item,
      relation: base,
      chain: [...chain, `${relation.name} is a view of ${base.name} with the rights of ${owner}`],
      as: relation.securityInvoker ? item.as : relation.owner,
    }
  for (const { rule, target, written } of (links.rules.get(relation.oid) ?? []).filter(
    (each) => each.event === event,
  ))
    yield {
      ...item,
      relation: target,
      event: written,
      chain: [
        ...chain,
        `rule ${rule} of ${relation.name} writes to ${target.name} with the rights of ${owner}`,
      ],
      as: relation.owner,
    }
}

/** The relation that an updatable view is made of: there is only one. */
function baseOf(
  definition: string,
  parser: Parser,
  names: ReadonlyMap<string, Relation>,
): Relation | undefined {
  const [statement] = parser.sql(definition) ?? []
  const [from] = listOf(nodeOf(statement)?.fields.fromClause)
  const range = nodeOf(from)
  return range?.kind === "RangeVar"
    ? names.get(nameSql(range.fields.schemaname, range.fields.relname))
    : undefined
}

function ruleWrites(
  definition: string,
  parser: Parser,
  names: ReadonlyMap<string, Relation>,
): readonly { readonly target: Relation; readonly written: WriteEvent }[] {
  const [statement] = parser.sql(definition) ?? []
  const actions = listOf(nodeOf(statement)?.fields.actions).filter(isTree)
  return actions
    .flatMap((action) => readStatement(action).writes)
    .flatMap(({ target: { schema, name }, event }) => {
      const target = names.get(nameSql(schema, name))
      return target === undefined ? [] : [{ target, written: event }]
    })
}

/** Definitions are printed with the path `pg_catalog`: only its names stand alone. */
function nameSql(schema: unknown, name: unknown): string {
  const quote = (word: string) =>
    /^[a-z_][a-z0-9_$]*$/.test(word) ? word : `"${word.replaceAll('"', '""')}"`
  return `${quote(typeof schema === "string" ? schema : "pg_catalog")}.${quote(String(name))}`
}
