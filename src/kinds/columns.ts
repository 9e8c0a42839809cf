import type { CatalogObject } from "../catalog/catalog.ts"
import { quoteLiteral } from "../sql/identifier.ts"
import { bareName, splitName, unquote, withSuffix } from "../sql/written-name.ts"
import { optionSteps } from "./foreign-options.ts"
import { defineKind, losing } from "./kind.ts"
import { reloptionList, reloptionSteps } from "./reloptions.ts"
import { type SequenceOptions, sequenceSteps, unusualOptions } from "./sequence-options.ts"

/** A column of a table, partitioned table or foreign table. Its default is an object of its own. */
export interface Column {
  /** With its modifiers: `character varying(20)`, `public.mood[]`. */
  readonly dataType: string
  /** Category of `dataType` in pg_type; a conversion between some of them goes through text. */
  readonly category: string
  /** Where it is not the type's own. */
  readonly collation: string | null
  readonly notNull: boolean
  /** Name of the constraint, which there is from 18. */
  readonly notNullName: string | null
  /** The name where only a parent says it; the column keeps the constraint when its table leaves the parent. */
  readonly inheritedNotNullName: string | null
  /** Whether that is another name than the server chooses. */
  readonly notNullNamed: boolean
  /** The comment on it. */
  readonly notNullComment: string | null
  readonly notNullInherits: boolean
  readonly notNullValid: boolean
  /** Whether it is said on this table and not only on a parent; before 18 the server does not tell. */
  readonly notNullIsLocal: boolean | null
  /** `stored` or `virtual` (from 18) of a generated column. */
  readonly generated: "stored" | "virtual" | null
  readonly expression: string | null
  readonly identityKind: "always" | "by default" | null
  /** The identity's sequence, qualified. */
  readonly sequence: string | null
  readonly sequenceOptions: SequenceOptions | null
  readonly sequencePersistence: string | null
  readonly storage: string
  readonly typeStorage: string
  readonly compression: string | null
  /** -1 is the server's default. */
  readonly statistics: number
  readonly options: readonly string[]
  /** `name 'value'` of a foreign table's column. */
  readonly foreignOptions: readonly string[]
  /** Where its declaration stands: on this table, on a table that this one inherits from, or in a composite type. */
  readonly origin: "here" | "parent" | "type"
  readonly position: number
}

type Of = CatalogObject<Column>

export const columns = defineKind<Column>({
  name: "column",
  identified: true,
  query: (scope) => `
    select case c.relkind when 'f' then 'foreign table column' else 'table column' end as type,
      c.identity || '.' || quote_ident(a.attname) as identity,
      'pg_class'::regclass::oid as classid, c.oid as objid, a.attnum::int as objsubid,
      quote_ident(a.attname) as name, 'pg_class'::regclass::oid as parentclass, c.oid as parentid,
      c.owner, a.attacl::text[] as acl,
      format_type(a.atttypid, a.atttypmod) as "dataType", t.typcategory::text as category,
      case when a.attcollation <> t.typcollation then a.attcollation::regcollation::text end as collation,
      a.attnotnull as "notNull",
      ${
        scope.version >= 180000
          ? `case when k.conislocal or c.relispartition then quote_ident(k.conname) end as "notNullName",
             case when not (k.conislocal or c.relispartition) then quote_ident(k.conname) end as "inheritedNotNullName",
             coalesce(k.conname <> n.chosen, false) as "notNullNamed",
             obj_description(k.oid, 'pg_constraint') as "notNullComment",
             not coalesce(k.connoinherit, false) as "notNullInherits", coalesce(k.convalidated, true) as "notNullValid",
             case when a.attnotnull then coalesce(k.conislocal or c.relispartition, a.attislocal) end as "notNullIsLocal"`
          : `null as "notNullName", null as "inheritedNotNullName", false as "notNullNamed", null as "notNullComment", true as "notNullInherits", true as "notNullValid",
             null as "notNullIsLocal"`
      },
      case a.attgenerated when 's' then 'stored' when 'v' then 'virtual' end as generated,
      case when a.attgenerated <> '' then pg_get_expr(d.adbin, d.adrelid) end as expression,
      case a.attidentity when 'a' then 'always' when 'd' then 'by default' end as "identityKind",
      q.seqrelid::regclass::text as sequence,
      case when q.seqrelid is not null then json_build_object('start', q.seqstart::text,
        'increment', q.seqincrement::text, 'minimum', q.seqmin::text, 'maximum', q.seqmax::text,
        'cache', q.seqcache::text, 'cycle', q.seqcycle) end as "sequenceOptions",
      case qc.relpersistence when 'u' then 'unlogged' when 'p' then 'logged' end as "sequencePersistence",
      ${storageName("a.attstorage")} as storage, ${storageName("t.typstorage")} as "typeStorage",
      case a.attcompression when 'p' then 'pglz' when 'l' then 'lz4' end as compression,
      coalesce(a.attstattarget, -1)::int as statistics, coalesce(a.attoptions, '{}') as options,
      case when a.attfdwoptions is null then '{}'::text[]
        else array(select quote_ident(option_name) || ' ' || quote_literal(option_value)
          from pg_options_to_table(a.attfdwoptions) order by option_name collate "C") end as "foreignOptions",
      case when c.reloftype <> 0 then 'type' when a.attislocal or c.relispartition then 'here' else 'parent' end as origin,
      a.attnum::int as position
    from (select c.oid, c.relkind, c.relname, c.reloftype, c.relispartition,
        c.oid::regclass::text as identity, c.relowner::regrole::text as owner
      from pg_class c
      where c.relkind in ('r', 'p', 'f') and ${scope.includes("pg_class", "c.oid", "c.relnamespace")} offset 0) c
    join pg_attribute a on a.attrelid = c.oid
    join pg_type t on t.oid = a.atttypid
    left join pg_attrdef d on a.attgenerated <> '' and d.adrelid = a.attrelid and d.adnum = a.attnum
    left join (pg_depend i join pg_sequence q on q.seqrelid = i.objid join pg_class qc on qc.oid = q.seqrelid)
      on a.attidentity <> '' and i.classid = 'pg_class'::regclass and i.refclassid = 'pg_class'::regclass
      and i.refobjid = a.attrelid and i.refobjsubid = a.attnum and i.deptype = 'i'
    ${
      scope.version >= 180000
        ? `left join pg_constraint k on k.conrelid = a.attrelid and k.contype = 'n' and k.conkey[1] = a.attnum
           left join lateral (select left(c.relname, 29) || '_' || a.attname || '_not_null' as short,
             c.relname || '_' || a.attname || '_not_null' as chosen) n on k.oid is not null`
        : ""
    }
    where a.attnum > 0 and not a.attisdropped`,
  // A column that came from a parent table goes and changes with the parent's.
  dependencies: () => `
    select 'pg_class'::regclass as classid, a.attrelid as objid, a.attnum::int as objsubid,
      'pg_class'::regclass as refclassid, p.attrelid as refobjid, p.attnum::int as refobjsubid,
      case when a.attislocal then 'merges' else 'inherits' end as type
    from pg_inherits i
    join pg_class c on c.oid = i.inhrelid and c.relkind in ('r', 'p', 'f')
    join pg_attribute a on a.attrelid = i.inhrelid and a.attnum > 0 and not a.attisdropped
    join pg_attribute p on p.attrelid = i.inhparent and p.attname = a.attname and p.attnum > 0`,
  toldSince: {
    notNullName: 180_000,
    notNullNamed: 180_000,
    notNullComment: 180_000,
    notNullIsLocal: 180_000,
  },
  named: (column) =>
    column.properties.notNullName === null
      ? column
      : { ...column, properties: { ...column.properties, notNullNamed: true } },
  chosenNames: ({ parent, properties: { notNullName, inheritedNotNullName } }) =>
    [notNullName, inheritedNotNullName].flatMap((name) =>
      name === null ? [] : `${splitName(parent?.identity ?? "")[0]}.${name}`,
    ),
  inline: (column, parts) => {
    const { origin, notNull, notNullIsLocal } = column.properties
    if (origin === "here") return declaration(column, parts)
    return origin === "parent" && notNull && notNullIsLocal === true ? notNullConstraint(column) : undefined
  },
  create: (column, parts) => {
    const table = column.parent?.identity
    if (column.properties.origin === "here") {
      return [`alter table ${table} add column ${declaration(column, parts)}`, ...settings(column)]
    }
    const { origin, notNull, notNullIsLocal } = column.properties
    const said = notNull && (origin === "type" || notNullIsLocal === true)
    return [
      ...parts.map((part) => `alter table only ${table} alter column ${column.name} set ${part}`),
      ...(said ? [`alter table ${table} alter column ${column.name} set not null`] : []),
      ...settings(column),
    ]
  },
  afterInline: settings,
  drop: (column, heirsStay) =>
    column.properties.origin === "here" || column.properties.origin === "parent"
      ? [
          losing(
            `alter table ${heirsStay ? "only " : ""}${column.parent?.identity} drop column ${column.name}`,
            `the values of ${column.identity}`,
          ),
        ]
      : [],
  alter: {
    generated: (before, after) =>
      before.properties.generated === "stored" && after.properties.generated === null
        ? [alterColumn(after, "drop expression")]
        : "recreate",
    expression: (_, after) => (after.properties.generated === null ? [] : "recreate"),
    dataType: {
      rebuilds: "dependents",
      steps: (before, after) => [
        ...(before.properties.identityKind !== null && after.properties.identityKind === null
          ? [alterColumn(after, "drop identity")]
          : []),
        ...narrowed(before, after),
        changeType(before, after),
        ...keptSettings(after),
      ],
    },
    category: "ignore", // follows from the type
    collation: {
      rebuilds: "dependents",
      steps: (before, after) => [changeType(before, after), ...keptSettings(after)],
    },
    notNull: (before, after) => {
      if (after.properties.notNull) return [setNotNull(after)]
      // The identity forbids it, and goes first.
      const identity = before.properties.identityKind !== null && after.properties.identityKind === null
      return [...(identity ? [alterColumn(after, "drop identity")] : []), alterColumn(after, "drop not null")]
    },
    notNullName: (before, after) => {
      const [old, wanted] = [before.properties.notNullName, after.properties.notNullName]
      return old === null || wanted === null
        ? []
        : [`alter table ${after.parent?.identity} rename constraint ${old} to ${wanted}`]
    },
    inheritedNotNullName: "ignore", // the parent's
    notNullNamed: "ignore", // follows from the name
    notNullComment: (_, after) => (after.properties.notNull ? notNullComment(after) : []),
    notNullInherits: (before, after) =>
      before.properties.notNull && after.properties.notNull
        ? [alterColumn(after, "drop not null"), setNotNull(after)]
        : [],
    notNullValid: (before, after) =>
      before.properties.notNull && after.properties.notNull
        ? after.properties.notNullValid
          ? [alterColumn(after, "set not null")]
          : [alterColumn(after, "drop not null"), setNotNull(after)]
        : [],
    // The server lets nobody take it back while the parent says so, too.
    notNullIsLocal: (before, after) =>
      before.properties.notNull && after.properties.notNull && after.properties.notNullIsLocal
        ? [setNotNull(after)]
        : [],
    identityKind: (before, after) => {
      if (after.properties.identityKind === null) return [alterColumn(after, "drop identity")]
      if (before.properties.identityKind === null)
        return [alterColumn(after, `add ${identityClause(after, "with its name")}`), continued(after)]
      return [alterColumn(after, `set generated ${after.properties.identityKind}`)]
    },
    sequence: (before, after) => {
      const [old, wanted] = [before.properties.sequence, after.properties.sequence]
      if (old === null || wanted === null) return []
      return moveSequence(old, wanted)
    },
    sequenceOptions: (before, after) =>
      before.properties.sequenceOptions === null || after.properties.sequenceOptions === null
        ? []
        : sequenceSteps(
            after.properties.sequence ?? "",
            before.properties.sequenceOptions,
            after.properties.sequenceOptions,
          ),
    sequencePersistence: (before, after) =>
      before.properties.sequence === null || after.properties.sequence === null
        ? []
        : [`alter sequence ${after.properties.sequence} set ${after.properties.sequencePersistence}`],
    storage: (before, after) =>
      changesType(before, after) ? [] : [alterColumn(after, `set storage ${after.properties.storage}`)],
    typeStorage: "ignore", // follows from the type
    compression: (_, after) => [
      alterColumn(after, `set compression ${after.properties.compression ?? "default"}`),
    ],
    statistics: (_, after) => [alterColumn(after, `set statistics ${after.properties.statistics}`)],
    options: (before, after) =>
      reloptionSteps(
        `table ${after.parent?.identity} alter column ${after.name}`,
        before.properties.options,
        after.properties.options,
      ),
    foreignOptions: (before, after) =>
      optionSteps(
        `foreign table ${after.parent?.identity} alter column ${after.name}`,
        before.properties.foreignOptions,
        after.properties.foreignOptions,
      ),
    origin: "ignore", // the server keeps it for good; a column that a parent brings later stays declared here
    position: "ignore", // no statement moves a column
  },
  recurses: [
    "dataType",
    "collation",
    "notNull",
    "notNullName",
    "notNullInherits",
    "notNullValid",
    "generated",
    "expression",
  ],
  // What a parent brings has no declaration that a default could stand in.
  hosts: ({ properties }) => properties.origin !== "parent",
  position: ({ properties }) => properties.position,
  names: ({ properties: { sequence } }) => (sequence === null ? [] : [sequence]),
  holdsData: ({ properties }) => properties.generated === null,
  moveOver: (column, before) => [changeType(before, column, true)],
  facets: {
    comment: ({ identity }) => `column ${identity}`,
    grants: {
      type: "c",
      on: ({ parent }) => `table ${parent?.identity}`,
      columns: ({ name }) => `(${name})`,
    },
  },
})

function declaration(column: Of, parts: readonly string[]): string {
  const { name, properties } = column
  const { dataType, collation, generated, expression, foreignOptions } = properties
  return [
    `${name} ${dataType}`,
    foreignOptions.length === 0 ? "" : `options (${foreignOptions.join(", ")})`,
    collation === null ? "" : `collate ${collation}`,
    ...parts,
    generated === null ? "" : `generated always as (${expression})${generated === "stored" ? " stored" : ""}`,
    properties.identityKind === null ? "" : identityClause(column),
    properties.notNull && properties.notNullValid && properties.notNullIsLocal !== false
      ? notNullClause(properties)
      : "",
  ]
    .filter((part) => part !== "")
    .join(" ")
}

function notNullClause({ notNullName, notNullNamed, notNullInherits }: Column): string {
  return `${notNullNamed ? `constraint ${notNullName} ` : ""}not null${notNullInherits ? "" : " no inherit"}`
}

function setNotNull(column: Of): string {
  const { notNullNamed, notNullInherits, notNullValid } = column.properties
  if (!notNullNamed && notNullInherits && notNullValid) return alterColumn(column, "set not null")
  return `alter table ${column.parent?.identity} add ${notNullConstraint(column)}`
}

/** As a constraint of the table, from 18. */
function notNullConstraint({ name, properties }: Of): string {
  const { notNullName, notNullNamed, notNullInherits, notNullValid } = properties
  const named = notNullNamed ? `constraint ${notNullName} ` : ""
  return `${named}not null ${name}${notNullInherits ? "" : " no inherit"}${notNullValid ? "" : " not valid"}`
}

function notNullComment({ parent, properties: { notNullName, notNullComment: comment } }: Of): string[] {
  const text = comment === null ? "null" : quoteLiteral(comment)
  return notNullName === null
    ? []
    : [`comment on constraint ${notNullName} on ${parent?.identity} is ${text}`]
}

/**
 * @param naming a new column gets the name for its sequence that the server chooses; where the column is there, one of
 *   that name may be, too
 */
function identityClause(column: Of, naming?: "with its name"): string {
  const { identityKind, sequence, sequenceOptions, dataType } = column.properties
  const named =
    naming !== undefined || sequence !== chosenSequence(column) ? [`sequence name ${sequence}`] : []
  const options = sequenceOptions === null ? [] : unusualOptions(sequenceOptions, dataType)
  const all = [...named, ...options]
  return `generated ${identityKind} as identity${all.length === 0 ? "" : ` (${all.join(" ")})`}`
}

/** The name that the server chooses for the sequence of an identity column; undefined where it would have to be cut. */
function chosenSequence({ name, parent }: Of): string | undefined {
  const [schema, table] = splitName(parent?.identity ?? "")
  const chosen = `${unquote(table)}_${unquote(name)}_seq`
  const whole = withSuffix(chosen, "")
  return bareName(whole) === chosen ? `${schema}.${whole}` : undefined
}

/** An identity goes on behind the values that there are. */
function continued({ name, parent, properties: { sequence, sequenceOptions: options } }: Of): string {
  const down = options?.increment.startsWith("-") === true
  const last = `${down ? "min" : "max"}(${name})`
  return (
    `select pg_catalog.setval(${quoteLiteral(sequence ?? "")}, ${last}) from ${parent?.identity} ` +
    `having ${last} ${down ? "<=" : ">="} (select last_value from ${sequence})`
  )
}

function alterColumn({ parent, name }: Of, action: string): string {
  return `alter table ${parent?.identity} alter column ${name} ${action}`
}

/** What a CREATE statement has no words for. */
function settings(column: Of): string[] {
  const { storage, typeStorage, compression, statistics, options, notNull, notNullValid } = column.properties
  return [
    ...(storage === typeStorage ? [] : [alterColumn(column, `set storage ${storage}`)]),
    ...(compression === null ? [] : [alterColumn(column, `set compression ${compression}`)]),
    ...(statistics === -1 ? [] : [alterColumn(column, `set statistics ${statistics}`)]),
    ...(options.length === 0 ? [] : [alterColumn(column, `set ${reloptionList(options)}`)]),
    ...(notNull && !notNullValid ? [setNotNull(column)] : []),
    ...(column.properties.notNullComment === null ? [] : notNullComment(column)),
  ]
}

function isNumbers(dataType: string): boolean {
  return /^(smallint|integer|bigint|real|double precision|numeric.*)\[\]$/.test(dataType)
}

/** Truth and numbers have a cast that has to be asked for; their texts are not alike. */
function isTruthAndNumber(from: string, to: string): boolean {
  const pair = [from, to].sort().join(" ")
  return pair === "boolean integer"
}

/**
 * To text, between numbers and between dates there are casts that the server uses by itself; from text and between
 * arrays those that have to be asked for; between others the text form is the way.
 */
function changeType(before: Of, after: Of, throughText = false): string {
  const { dataType, category, collation, generated } = after.properties
  const from = before.properties.category
  const byItself = category === "S" || (from === category && "ND".includes(category))
  const arrays = from === category && category === "A"
  const direct = from === "S" || isTruthAndNumber(before.properties.dataType, dataType)
  const numbers = arrays && isNumbers(before.properties.dataType) && isNumbers(dataType)
  // Domains over numbers, or over dates, are cast as those are.
  const alike = from === category && "ND".includes(category)
  const cast =
    alike || (direct && !throughText) || numbers ? "" : arrays && !throughText ? "::text[]" : "::text"
  const using =
    generated !== null || (byItself && !throughText) ? "" : ` using ${after.name}${cast}::${dataType}`
  return alterColumn(after, `type ${dataType}${collation === null ? "" : ` collate ${collation}`}${using}`)
}

/** The sequence of an identity takes the column's type, which its bounds have to fit before. */
function narrowed(before: Of, after: Of): string[] {
  const [old, wanted] = [before.properties.sequenceOptions, after.properties.sequenceOptions]
  if (old === null || wanted === null || BigInt(wanted.maximum) >= BigInt(old.maximum)) return []
  return sequenceSteps(before.properties.sequence ?? "", old, wanted)
}

function changesType({ properties: before }: Of, { properties: after }: Of): boolean {
  return before.dataType !== after.dataType || before.collation !== after.collation
}

/** A change of the type puts them back to the type's own. */
function keptSettings(column: Of): string[] {
  const { storage, typeStorage, compression } = column.properties
  return [
    ...(storage === typeStorage ? [] : [alterColumn(column, `set storage ${storage}`)]),
    ...(compression === null ? [] : [alterColumn(column, `set compression ${compression}`)]),
  ]
}

function storageName(column: string): string {
  return `case ${column} when 'p' then 'plain' when 'e' then 'external' when 'm' then 'main' else 'extended' end`
}

function moveSequence(from: string, to: string): string[] {
  const [oldSchema, oldName] = splitName(from)
  const [schema, name] = splitName(to)
  return [
    ...(oldName === name ? [] : [`alter sequence ${from} rename to ${name}`]),
    ...(oldSchema === schema ? [] : [`alter sequence ${oldSchema}.${name} set schema ${schema}`]),
  ]
}
