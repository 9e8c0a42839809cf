import type { Connection } from "../../src/db/connection.ts"

/** Everything of a database that two ways of getting there must leave alike, as lines of text. */
export async function stateOf(connection: Connection, schema = "lockstep"): Promise<readonly string[]> {
  return [
    ...(await catalogOf(connection)),
    ...(await dataOf(connection)),
    ...(await historyOf(connection, schema)),
  ]
}

const isOurs = (namespace: string) => `${namespace} !~ '^pg_' and ${namespace} <> 'information_schema'`

/** The structure: what `pg_dump --schema-only` would show of it, as far as the tests make such objects. */
export async function catalogOf(connection: Connection): Promise<readonly string[]> {
  return lines(
    connection,
    `with ours as (
  select c.*, format('%I.%I', n.nspname, c.relname) as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where ${isOurs("n.nspname")}
)
select format('schema %I, owner %s, %s', nspname, nspowner::regrole, nspacl) from pg_namespace where ${isOurs("nspname")}
union all select format('relation %s, %s, owner %s, %s', name, relkind, relowner::regrole, relacl) from ours
union all select format('column %s.%I %s, not null %s, default %s', o.name, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
    (select pg_get_expr(d.adbin, d.adrelid) from pg_attrdef d where d.adrelid = a.attrelid and d.adnum = a.attnum))
  from ours o join pg_attribute a on a.attrelid = o.oid where a.attnum > 0 and not a.attisdropped and o.relkind <> 'i'
union all select format('index %s, valid %s, %s', o.name, i.indisvalid, pg_get_indexdef(i.indexrelid)) from ours o join pg_index i on i.indexrelid = o.oid
union all select format('constraint %I on %s: %s, validated %s', k.conname, o.name, pg_get_constraintdef(k.oid), k.convalidated)
  from ours o join pg_constraint k on k.conrelid = o.oid
union all select format('partition %s of %s, detaching %s', i.inhrelid::regclass, i.inhparent::regclass, i.inhdetachpending) from pg_inherits i
union all select format('enum %s: %s', t.oid::regtype, string_agg(e.enumlabel, ', ' order by e.enumsortorder))
  from pg_enum e join pg_type t on t.oid = e.enumtypid group by t.oid
union all select format('view %s: %s', name, pg_get_viewdef(oid)) from ours where relkind in ('v', 'm')
union all select format('function %s: %s', p.oid::regprocedure, md5(p.prosrc)) from pg_proc p join pg_namespace n on n.oid = p.pronamespace
  where ${isOurs("n.nspname")}
union all select format('comment on %s: %s', objoid::regclass, description) from pg_description d where classoid = 'pg_class'::regclass
  and exists (select from ours o where o.oid = d.objoid)
order by 1`,
  )
}

/** The rows of every table outside Lockstep's own schema: how many, and a digest of what they say. */
export async function dataOf(connection: Connection): Promise<readonly string[]> {
  const tables = await lines(
    connection,
    `select format('%I.%I', n.nspname, c.relname) from pg_class c join pg_namespace n on n.oid = c.relnamespace
where c.relkind = 'r' and ${isOurs("n.nspname")} and to_regclass(format('%I.step', n.nspname)) is null order by 1`,
  )
  if (tables.length === 0) return []
  const counts = tables.map(
    (name) =>
      `select '${name.replaceAll("'", "''")}: ' || count(*) || ' rows, ' || coalesce(md5(string_agg(t::text, '|' order by t::text)), '-') from ${name} t`,
  )
  return lines(connection, counts.join("\nunion all\n"))
}

/** What is recorded as applied, in order, and that each revision was applied once and no step is left. */
export async function historyOf(connection: Connection, schema = "lockstep"): Promise<readonly string[]> {
  const of = (name: string) => `"${schema.replaceAll('"', '""')}".${name}`
  return [
    ...(await lines(
      connection,
      `select concat_ws(', ', id, parents::text, title, file, checksum, repeatable, phase, compatible, version, outcome) from ${of("revision")} order by sequence`,
    )),
    ...(await lines(
      connection,
      `select format('%s applied %s times', revision, count(*)) from ${of("event")} where kind = 'applied' group by revision order by 1`,
    )),
    ...(await lines(
      connection,
      `select format('step %s of %s is left', position, revision) from ${of("step")}`,
    )),
  ]
}

async function lines(connection: Connection, sql: string): Promise<string[]> {
  const rows = await connection.query(sql)
  return rows.map((row) => String(Object.values(row)[0]))
}
