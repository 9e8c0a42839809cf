import type { Connection } from "../db/connection.ts"

/** What of a catalog can make queries of before fail, by the names that queries use. */
export interface Facts {
  readonly relations: Readonly<Record<string, RelationFacts>>
  /** Labels by type, in their order. */
  readonly enums: Readonly<Record<string, readonly string[]>>
  /** The type that each domain is over, in the end. */
  readonly domains: Readonly<Record<string, string>>
  /** By signature. */
  readonly functions: Readonly<Record<string, FunctionFacts>>
  /** The functions that each role may call. */
  readonly callable: Readonly<Record<string, readonly string[]>>
  /** The sequences that each role may ask for a value. */
  readonly usable: Readonly<Record<string, readonly string[]>>
  /** Of each composite type. */
  readonly attributes: Readonly<Record<string, readonly string[]>>
  /** Enums, domains, ranges and composite types. */
  readonly types: readonly string[]
  /** `role relation` to privileges: `app public.users` to `SELECT,INSERT`; `SELECT of columns` where it is on some. */
  readonly privileges: Readonly<Record<string, string>>
  readonly sequences: Readonly<Record<string, SequenceFacts>>
  /** Names of indexes that a build has left behind. */
  readonly invalidIndexes: readonly string[]
  /** Names of indexes over the rows of a condition: reading all of one is not reading all of the table. */
  readonly partialIndexes: readonly string[]
  /** B-tree indexes of several columns, and the first column of each. */
  readonly leadingColumns: Readonly<Record<string, string>>
}

export interface RelationFacts {
  /** As in `pg_class.oid`; another one under the same name is another relation. */
  readonly oid: number
  /** Without its schema, and not quoted. */
  readonly name: string
  /** As in `pg_class.relkind`. */
  readonly kind: string
  /** The query of a view. */
  readonly definition: string | null
  readonly owner: string
  readonly columns: Readonly<Record<string, ColumnFacts>>
  readonly rowSecurity: boolean
  readonly policies: number
  /** A publication sends its updates and deletes, and nothing identifies its rows. */
  readonly unidentified: boolean
  readonly insertTriggers: number
  /** Names of the functions that its triggers call. */
  readonly triggers: readonly string[]
  readonly constraints: Readonly<Record<string, ConstraintFacts>>
  /** Column lists of unique indexes over all rows, separated by commas. */
  readonly unique: readonly string[]
}

export interface ColumnFacts {
  /** Its number in the table, which no other column of it ever has. */
  readonly number: number
  readonly type: string
  readonly notNull: boolean
  readonly default: string | null
  /** a ALWAYS, d BY DEFAULT, or empty. */
  readonly identity: string
  /** s stored, v virtual, or empty. */
  readonly generated: string
}

export interface ConstraintFacts {
  /** c check, f foreign key, u unique, p primary key, x exclusion, n not null. */
  readonly type: string
  readonly definition: string
  readonly columns: readonly string[]
  /** Of a foreign key: the referenced table, and what happens when a row of it goes (a no action, r restrict, ...). */
  readonly references: string | null
  readonly onDelete: string | null
}

export interface FunctionFacts {
  /** With its schema. */
  readonly name: string
  readonly result: string
  /** The types of its parameters that a call gives. */
  readonly parameters: readonly string[]
  /** How many of them have no default. */
  readonly required: number
}

export interface SequenceFacts {
  /** `table column` whose values it makes. */
  readonly table: string | null
  readonly column: string | null
  /** What nextval would return, were it called now; null where it was not asked. */
  readonly next: number | null
  /** The largest value that the column holds. */
  readonly largest: number | null
}

const userSchemas =
  "n.nspname !~ '^pg_' and n.nspname not in ('information_schema', 'lockstep_trace', 'lockstep')"

const factsQuery = `
with published as materialized (
  select distinct pg_catalog.format('%I.%I', t.schemaname, t.tablename) as name
  from pg_catalog.pg_publication_tables t join pg_catalog.pg_publication p on p.pubname = t.pubname
  where p.pubupdate or p.pubdelete
), rel as materialized (
  select c.oid, c.relkind, c.relnamespace, c.relowner, c.relrowsecurity, c.relreplident, c.relname, pg_catalog.format('%I.%I', n.nspname, c.relname) as name
  from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p', 'v', 'm', 'f') and ${userSchemas}
), func as materialized (
  select p.oid, p.pronamespace, pg_catalog.format('%I.%I(%s)', n.nspname, p.proname, pg_catalog.pg_get_function_identity_arguments(p.oid)) as signature,
    json_build_object('name', pg_catalog.format('%I.%I', n.nspname, p.proname), 'result', coalesce(pg_catalog.pg_get_function_result(p.oid), 'procedure'),
      'parameters', (select coalesce(json_agg(pg_catalog.format_type(t.type, null) order by t.place), '[]') from pg_catalog.unnest(p.proargtypes) with ordinality as t (type, place)),
      'required', p.pronargs - p.pronargdefaults) as facts
  from pg_catalog.pg_proc p join pg_catalog.pg_namespace n on n.oid = p.pronamespace
  where ${userSchemas} and p.prorettype not in ('trigger'::pg_catalog.regtype, 'event_trigger'::pg_catalog.regtype)
    and not exists (select from pg_catalog.pg_depend d where d.objid = p.oid and d.deptype = 'e')
), keyed as materialized (
  select i.indrelid, i.indisprimary, i.indisreplident, i.indexprs is null and i.indpred is null as plain,
    (select pg_catalog.string_agg(a.attname, ',' order by a.attname) from pg_catalog.pg_attribute a
     where a.attrelid = i.indrelid and a.attnum = any (i.indkey::int2[])) as columns
  from pg_catalog.pg_index i where i.indisunique and i.indisvalid
)
select
  (select coalesce(json_object_agg(rel.name, json_build_object(
    'oid', rel.oid::pg_catalog.int8, 'kind', rel.relkind, 'name', rel.relname, 'definition', case when rel.relkind in ('v', 'm') then pg_catalog.pg_get_viewdef(rel.oid) end, 'owner', pg_catalog.pg_get_userbyid(rel.relowner), 'rowSecurity', rel.relrowsecurity,
    'policies', (select count(*) from pg_catalog.pg_policy p where p.polrelid = rel.oid),
    'unidentified', rel.relkind in ('r', 'p') and rel.relreplident <> 'f'
      and rel.name in (select name from published)
      and not exists (select from keyed k where k.indrelid = rel.oid
                      and (rel.relreplident = 'd' and k.indisprimary or rel.relreplident = 'i' and k.indisreplident)),
    'insertTriggers', (select count(*) from pg_catalog.pg_trigger t where t.tgrelid = rel.oid and not t.tgisinternal and t.tgtype & 6 = 6),
    'triggers', (select coalesce(json_agg(distinct p.proname), '[]') from pg_catalog.pg_trigger t join pg_catalog.pg_proc p on p.oid = t.tgfoid
                 where t.tgrelid = rel.oid and not t.tgisinternal),
    'columns', (select coalesce(json_object_agg(a.attname, json_build_object(
        'number', a.attnum, 'type', pg_catalog.format_type(a.atttypid, a.atttypmod), 'notNull', a.attnotnull,
        'default', case when a.attgenerated = '' then pg_catalog.pg_get_expr(d.adbin, d.adrelid) end,
        'identity', a.attidentity, 'generated', a.attgenerated) order by a.attnum), '{}')
      from pg_catalog.pg_attribute a left join pg_catalog.pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
      where a.attrelid = rel.oid and a.attnum > 0 and not a.attisdropped),
    'constraints', (select coalesce(json_object_agg(k.conname, json_build_object(
        'type', k.contype, 'definition', pg_catalog.pg_get_constraintdef(k.oid),
        'columns', (select coalesce(json_agg(a.attname), '[]') from pg_catalog.pg_attribute a where a.attrelid = k.conrelid and a.attnum = any (k.conkey)),
        'references', (select r.name from rel r where r.oid = k.confrelid), 'onDelete', case when k.contype = 'f' then k.confdeltype end)), '{}')
      from pg_catalog.pg_constraint k where k.conrelid = rel.oid and k.contype <> 't'),
    'unique', (select coalesce(json_agg(distinct k.columns), '[]') from keyed k where k.indrelid = rel.oid and k.plain)
  )), '{}') from rel) as relations,
  (select coalesce(json_object_agg(pg_catalog.format('%I.%I', n.nspname, t.typname),
      (select json_agg(e.enumlabel order by e.enumsortorder) from pg_catalog.pg_enum e where e.enumtypid = t.oid)), '{}')
   from pg_catalog.pg_type t join pg_catalog.pg_namespace n on n.oid = t.typnamespace where t.typtype = 'e' and ${userSchemas}) as enums,
  (with recursive based as (
     select t.oid, t.typbasetype as base from pg_catalog.pg_type t join pg_catalog.pg_namespace n on n.oid = t.typnamespace where t.typtype = 'd' and ${userSchemas}
     union all select b.oid, t.typbasetype from based b join pg_catalog.pg_type t on t.oid = b.base where t.typtype = 'd')
   select coalesce(json_object_agg(pg_catalog.format_type(b.oid, null), pg_catalog.format_type(b.base, null)), '{}')
   from based b join pg_catalog.pg_type t on t.oid = b.base where t.typtype <> 'd') as domains,
  (select coalesce(json_object_agg(f.signature, f.facts), '{}') from func f) as functions,
  (select coalesce(json_object_agg(r.rolname, (select coalesce(json_agg(f.signature), '[]') from func f
      where pg_catalog.has_schema_privilege(r.oid, f.pronamespace, 'USAGE') and pg_catalog.has_function_privilege(r.oid, f.oid, 'EXECUTE'))), '{}')
   from pg_catalog.pg_roles r where not r.rolsuper and r.rolname !~ '^pg_') as callable,
  (select coalesce(json_object_agg(r.rolname, (select coalesce(json_agg(pg_catalog.format('%I.%I', n.nspname, c.relname)), '[]')
      from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
      where ${userSchemas} and case when c.relkind = 'S' then pg_catalog.has_sequence_privilege(r.oid, c.oid, 'USAGE') end)), '{}')
   from pg_catalog.pg_roles r where not r.rolsuper and r.rolname !~ '^pg_') as usable,
  (select coalesce(json_object_agg(pg_catalog.format('%I.%I', n.nspname, c.relname),
      (select coalesce(json_agg(a.attname), '[]') from pg_catalog.pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped)), '{}')
   from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace where c.relkind = 'c' and ${userSchemas}) as attributes,
  (select coalesce(json_agg(pg_catalog.format('%I.%I', n.nspname, t.typname)), '[]')
   from pg_catalog.pg_type t join pg_catalog.pg_namespace n on n.oid = t.typnamespace left join pg_catalog.pg_class c on c.oid = t.typrelid
   where (t.typtype in ('e', 'd', 'r') or c.relkind = 'c') and ${userSchemas}) as types,
  (select coalesce(json_object_agg(pg_catalog.format('%I %s', r.rolname, rel.name), case when pg_catalog.has_schema_privilege(r.oid, rel.relnamespace, 'USAGE') then pg_catalog.concat_ws(',',
      case when pg_catalog.has_table_privilege(r.oid, rel.oid, 'SELECT') then 'SELECT'
           when pg_catalog.has_any_column_privilege(r.oid, rel.oid, 'SELECT') then 'SELECT of columns' end,
      case when pg_catalog.has_table_privilege(r.oid, rel.oid, 'INSERT') then 'INSERT'
           when pg_catalog.has_any_column_privilege(r.oid, rel.oid, 'INSERT') then 'INSERT of columns' end,
      case when pg_catalog.has_table_privilege(r.oid, rel.oid, 'UPDATE') then 'UPDATE'
           when pg_catalog.has_any_column_privilege(r.oid, rel.oid, 'UPDATE') then 'UPDATE of columns' end,
      case when pg_catalog.has_table_privilege(r.oid, rel.oid, 'DELETE') then 'DELETE' end) else '' end), '{}')
   from pg_catalog.pg_roles r, rel where not r.rolsuper and r.rolname !~ '^pg_') as privileges,
  (select coalesce(json_object_agg(pg_catalog.format('%I.%I', n.nspname, c.relname), json_build_object(
      'table', t.name, 'column', case when a.atttypid in (20, 21, 23) then a.attname end)), '{}')
   from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
   left join pg_catalog.pg_depend d on d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass and d.objid = c.oid and d.deptype in ('a', 'i')
     and d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
   left join rel t on t.oid = d.refobjid
   left join pg_catalog.pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
   where c.relkind = 'S' and ${userSchemas}) as sequences,
  (select coalesce(json_object_agg(pg_catalog.format('%I.%I', n.nspname, c.relname), a.attname), '{}')
   from pg_catalog.pg_index i join pg_catalog.pg_class c on c.oid = i.indexrelid join pg_catalog.pg_am m on m.oid = c.relam
   join pg_catalog.pg_namespace n on n.oid = c.relnamespace
   join pg_catalog.pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[0]
   where m.amname = 'btree' and i.indkey[0] > 0 and i.indnkeyatts > 1 and ${userSchemas}) as leads,
  (select coalesce(json_agg(pg_catalog.format('%I.%I', n.nspname, c.relname)), '[]') from pg_catalog.pg_index i join pg_catalog.pg_class c on c.oid = i.indexrelid
   join pg_catalog.pg_namespace n on n.oid = c.relnamespace where i.indpred is not null and ${userSchemas}) as partial,
  (select coalesce(json_agg(c.relname), '[]') from pg_catalog.pg_index i join pg_catalog.pg_class c on c.oid = i.indexrelid where not i.indisvalid and c.relkind = 'i') as invalid`

export interface FactsOptions {
  /** Reads where sequences stand: each is a query of its own for the server. Default: true. */
  readonly sequenceValues?: boolean
}

/** Reads the facts of a scratch database, as its superuser. */
export async function readFacts(
  connection: Connection,
  { sequenceValues = true }: FactsOptions = {},
): Promise<Facts> {
  const [row] = await connection.query<{
    relations: Facts["relations"]
    enums: Facts["enums"]
    domains: Facts["domains"]
    functions: Facts["functions"]
    callable: Facts["callable"]
    usable: Facts["usable"]
    attributes: Facts["attributes"]
    types: Facts["types"]
    privileges: Facts["privileges"]
    sequences: Readonly<Record<string, Pick<SequenceFacts, "table" | "column">>>
    leads: Facts["leadingColumns"]
    partial: readonly string[]
    invalid: readonly string[]
  }>(factsQuery)
  if (row === undefined) throw new Error("the facts of a database are one row")
  const {
    relations,
    enums,
    domains,
    functions,
    callable,
    usable,
    attributes,
    types,
    privileges,
    leads,
    partial,
    invalid,
  } = row
  return {
    relations,
    enums,
    domains,
    functions,
    callable,
    usable,
    attributes,
    types,
    privileges,
    leadingColumns: leads,
    partialIndexes: partial,
    invalidIndexes: invalid,
    sequences: sequenceValues ? await withValues(connection, row.sequences) : withoutValues(row.sequences),
  }
}

function withoutValues(
  sequences: Readonly<Record<string, Pick<SequenceFacts, "table" | "column">>>,
): Facts["sequences"] {
  return Object.fromEntries(
    Object.entries(sequences).map(([name, owner]) => [name, { ...owner, next: null, largest: null }]),
  )
}

async function withValues(
  connection: Connection,
  sequences: Readonly<Record<string, Pick<SequenceFacts, "table" | "column">>>,
): Promise<Facts["sequences"]> {
  const names = Object.entries(sequences)
  if (names.length === 0) return {}
  const selects = names.map(([name, { table, column }]) => {
    const largest =
      table === null || column === null
        ? "null"
        : `(select max(${quoted(column)})::pg_catalog.int8 from only ${table})`
    return `select '${name.replaceAll("'", "''")}' as name, last_value + is_called::pg_catalog.int4 as next, ${largest} as largest from ${name}`
  })
  const rows = await connection.query<{ name: string; next: string; largest: string | null }>(
    selects.join(" union all "),
  )
  return Object.fromEntries(
    rows.map(({ name, next, largest }) => [
      name,
      {
        ...(sequences[name] as Pick<SequenceFacts, "table" | "column">),
        next: Number(next),
        largest: largest === null ? null : Number(largest),
      },
    ]),
  )
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}
