import type { Node } from "libpg-query"
import type { Connection } from "../db/connection.ts"
import type { Facts, RelationFacts } from "../prove/facts.ts"
import { bareName } from "../sql/written-name.ts"
import type { CatalogVerdict, Verdict } from "./finding.ts"
import type { RuleBook } from "./rule-settings.ts"

/** Column lists of the indexes of each table, each with its columns in their order. */
export type IndexedColumns = Readonly<Record<string, readonly (readonly string[])[]>>

/** Reads them where a rule asks. */
export async function readIndexedColumns(
  connection: Connection,
  rules: RuleBook,
): Promise<IndexedColumns | undefined> {
  if (!rules.isOn("foreign-key-without-index")) return undefined
  const rows = await connection.query<{ name: string; indexes: string }>(
    `select pg_catalog.format('%I.%I', n.nspname, c.relname) as name, pg_catalog.json_agg(
  (select pg_catalog.json_agg(a.attname order by k.place) from pg_catalog.unnest(i.indkey::int2[]) with ordinality as k (number, place)
   join pg_catalog.pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.number))::text as indexes
from pg_catalog.pg_index i join pg_catalog.pg_class c on c.oid = i.indrelid join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where i.indpred is null and n.nspname !~ '^pg_' group by 1`,
  )
  return Object.fromEntries(
    rows.map(({ name, indexes }) => [
      name,
      (JSON.parse(indexes) as readonly (readonly string[] | null)[]).map((columns) => columns ?? []),
    ]),
  )
}

/** Holds what is new in a catalog to the conventions that are switched on. */
export function judgeConventions(
  before: Facts,
  after: Facts,
  indexes: IndexedColumns | undefined,
  rules: RuleBook,
): readonly CatalogVerdict[] {
  const verdicts = Object.entries(after.relations).flatMap(([name, relation]) => {
    const was = before.relations[name]
    return [
      ...judgeColumns(name, relation, was),
      ...judgeKeys(name, relation, was, indexes),
      ...judgeNames(name, relation, was, rules),
    ]
  })
  return verdicts.filter(({ rule }) => rules.isOn(rule))
}

const tables: ReadonlySet<string> = new Set(["r", "p"])

function judgeColumns(
  table: string,
  { kind, columns }: RelationFacts,
  was: RelationFacts | undefined,
): readonly CatalogVerdict[] {
  if (!tables.has(kind)) return []
  return Object.entries(columns).flatMap(([column, { type, default: value }]): CatalogVerdict[] => {
    const old = was?.columns[column]
    if (old?.type === type && old.default === value) return []
    const place = { relation: table, names: [column, bareName(table)] }
    const found: CatalogVerdict[] = []
    if (old?.type !== type && /^timestamp(?:\(\d\))? without time zone/.test(type))
      found.push({
        rule: "timestamp-without-time-zone",
        ...place,
        message: `${table}.${column} is a timestamp without time zone; timestamptz means a moment`,
      })
    if (old?.type !== type && /^json(?:\[\])*$/.test(type))
      found.push({
        rule: "json-column",
        ...place,
        message: `${table}.${column} is json, which has no equality; jsonb has`,
      })
    if (old === undefined && /^nextval\(/.test(value ?? ""))
      found.push({
        rule: "serial-column",
        ...place,
        message: `${table}.${column} is a serial; an identity needs no grants and no default`,
      })
    return found
  })
}

function judgeKeys(
  table: string,
  { kind, columns, constraints }: RelationFacts,
  was: RelationFacts | undefined,
  indexes: IndexedColumns | undefined,
): readonly CatalogVerdict[] {
  if (!tables.has(kind)) return []
  const found: CatalogVerdict[] = []
  const all = Object.entries(constraints)
  if (was === undefined && !all.some(([, { type }]) => type === "p"))
    found.push({
      rule: "table-without-key",
      relation: table,
      names: [bareName(table)],
      message: `${table} has no primary key`,
    })
  for (const [name, { type, columns: keys }] of all) {
    if (was?.constraints[name] !== undefined) continue
    const place = { relation: table, names: [name, bareName(table), ...keys] }
    const [key = "", ...more] = keys
    if (type === "p" && more.length === 0 && countsUp(columns[key]))
      found.push({
        rule: "integer-key",
        ...place,
        message: `${table}.${key} counts up as ${columns[key]?.type}, and ends at its limit`,
      })
    const isServed = indexes?.[table]?.some((index) =>
      keys.every((column) => index.slice(0, keys.length).includes(column)),
    )
    if (type === "f" && indexes !== undefined && isServed !== true)
      found.push({
        rule: "foreign-key-without-index",
        ...place,
        message: `the foreign key ${name} of ${table} has no index on (${keys.join(", ")})`,
      })
  }
  return found
}

function countsUp(column: RelationFacts["columns"][string] | undefined): boolean {
  if (column === undefined || !/^(?:integer|smallint)$/.test(column.type)) return false
  return column.identity !== "" || /^nextval\(/.test(column.default ?? "")
}

function judgeNames(
  table: string,
  { columns, constraints }: RelationFacts,
  was: RelationFacts | undefined,
  rules: RuleBook,
): readonly CatalogVerdict[] {
  if (!rules.isOn("naming")) return []
  const fits = (kind: "tables" | "columns" | "constraints", name: string) =>
    new RegExp(String(rules.option("naming", kind)), "u").test(name)
  const wrong = (what: string, name: string, kind: string): CatalogVerdict => ({
    rule: "naming",
    relation: table,
    names: [name, bareName(table)],
    message: `the ${what} "${name}"${what === "table" ? "" : ` of ${table}`} does not fit ${String(rules.option("naming", kind))}`,
  })
  const isNew = was === undefined
  return [
    ...(isNew && !fits("tables", bareName(table)) ? [wrong("table", bareName(table), "tables")] : []),
    ...Object.keys(columns)
      .filter((name) => was?.columns[name] === undefined && !fits("columns", name))
      .map((name) => wrong("column", name, "columns")),
    ...Object.keys(constraints)
      .filter((name) => was?.constraints[name] === undefined && !fits("constraints", name))
      .map((name) => wrong("constraint", name, "constraints")),
  ]
}

/** Finds roles that the model does not know. Without a model nobody knows which are meant. */
export function judgeRoles(node: Node | undefined, rules: RuleBook): readonly Verdict[] {
  const known = rules.option("role-unknown", "roles") as readonly string[]
  if (node === undefined || known.length === 0) return []
  return rolesIn(node)
    .filter(([role]) => !known.includes(role))
    .map(([role, what]) => ({
      rule: "role-unknown",
      message: `${what} ${role}, which the roles model does not know`,
    }))
}

function rolesIn(node: Node): readonly (readonly [role: string, what: string])[] {
  if ("GrantStmt" in node && node.GrantStmt.is_grant === true) {
    return (node.GrantStmt.grantees ?? []).flatMap((each) =>
      "RoleSpec" in each && each.RoleSpec.rolename !== undefined
        ? [[each.RoleSpec.rolename, "grants to"] as const]
        : [],
    )
  }
  if ("AlterOwnerStmt" in node && node.AlterOwnerStmt.newowner?.rolename !== undefined)
    return [[node.AlterOwnerStmt.newowner.rolename, "gives an object to"]]
  if ("AlterTableStmt" in node) {
    return (node.AlterTableStmt.cmds ?? []).flatMap((each) =>
      "AlterTableCmd" in each && each.AlterTableCmd.newowner?.rolename !== undefined
        ? [[each.AlterTableCmd.newowner.rolename, "gives a table to"] as const]
        : [],
    )
  }
  return []
}
