import { compareText } from "../compare-text.ts"
import type { Connection } from "../db/connection.ts"
import { quoteIdentifier } from "../sql/identifier.ts"
import { type TenantRules, tenantColumn } from "./rules.ts"

/** One table or view that does not keep to the rules. */
export interface TenantFinding {
  /** As SQL. */
  readonly table: string
  readonly rule: "column" | "not-null" | "index" | "foreign-key" | "row-security" | "policy" | "view"
  readonly message: string
  /** What mends it; `...` where only the application knows. */
  readonly fix: string
}

export interface TenantAudit {
  /** How many tables the rules hold for. */
  readonly tables: number
  /** Which, as `schema.table`. */
  readonly names: readonly string[]
  readonly findings: readonly TenantFinding[]
  readonly exceptions: readonly { readonly table: string; readonly because: string }[]
}

interface TenantTable {
  readonly oid: number
  readonly name: string
  /** `schema.table`, bare. */
  readonly key: string
  readonly notNull: boolean | null
  readonly indexed: boolean
  readonly secured: boolean
  readonly forced: boolean
  /** pg_policy.polcmd of its policies. */
  readonly commands: readonly string[]
  /** Names of permissive policies for everybody whose condition is always true. */
  readonly open: readonly string[]
}

interface TenantKey {
  readonly table: string
  readonly name: string
  readonly target: string
  readonly definition: string
}

/** Compares the tables of tenant schemas with the rules. Reads catalogs only; partitions follow their parent. */
export async function auditTenantTables(connection: Connection, rules: TenantRules): Promise<TenantAudit> {
  const { schemas, by, exceptions = {} } = rules
  const column = tenantColumn(rules)
  const tables = await connection.query<TenantTable>(tablesSql, [schemas, column])
  const bound = tables.filter(({ key }) => exceptions[key] === undefined)
  const findings =
    by === "column"
      ? [
          ...bound.flatMap((table) => columnFindings(table, column)),
          ...keyFindings(
            await connection.query<TenantKey>(keysSql, [bound.map(({ oid }) => oid), column]),
            column,
          ),
        ]
      : bound.flatMap(securityFindings)
  return {
    tables: bound.length,
    names: bound.map(({ key }) => key),
    findings: [...findings].sort((a, b) => compareText(a.table, b.table)),
    exceptions: tables.flatMap(({ key }) => {
      const because = exceptions[key]
      return because === undefined ? [] : [{ table: key, because }]
    }),
  }
}

function columnFindings({ name, notNull, indexed }: TenantTable, column: string): TenantFinding[] {
  const quoted = quoteIdentifier(column)
  if (notNull === null)
    return [
      {
        table: name,
        rule: "column",
        message: `${name} has no column ${column}`,
        fix: `ALTER TABLE ${name} ADD COLUMN ${quoted} ... NOT NULL;`,
      },
    ]
  const findings: TenantFinding[] = []
  if (!notNull)
    findings.push({
      table: name,
      rule: "not-null",
      message: `${name}.${column} may be null: a row could belong to nobody`,
      fix: `ALTER TABLE ${name} ALTER COLUMN ${quoted} SET NOT NULL;`,
    })
  if (!indexed)
    findings.push({
      table: name,
      rule: "index",
      message: `no index of ${name} begins with ${column}: every query of a tenant reads the rows of all`,
      fix: `CREATE INDEX CONCURRENTLY ON ${name} (${quoted});`,
    })
  return findings
}

function keyFindings(keys: readonly TenantKey[], column: string): TenantFinding[] {
  return keys.map(({ table, name, target, definition }) => ({
    table,
    rule: "foreign-key",
    message: `${name} of ${table} leads to ${target} without ${column}: a row could refer to another tenant's`,
    fix: `ALTER TABLE ${table} DROP CONSTRAINT ${name}, ADD ${definition.replace(/\(/g, `(${quoteIdentifier(column)}, `)};`,
  }))
}

const commandNames = { r: "SELECT", a: "INSERT", w: "UPDATE", d: "DELETE" } as const

function securityFindings({ name, secured, forced, commands, open }: TenantTable): TenantFinding[] {
  const findings: TenantFinding[] = []
  if (!secured || !forced)
    findings.push({
      table: name,
      rule: "row-security",
      message: `row security of ${name} is ${secured ? "not forced: it does not hold for the owner" : "off"}`,
      fix: `ALTER TABLE ${name} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;`,
    })
  const missing = Object.entries(commandNames).filter(
    ([command]) => !commands.includes("*") && !commands.includes(command),
  )
  for (const [, command] of missing)
    findings.push({
      table: name,
      rule: "policy",
      message: `${name} has no policy for ${command}`,
      fix: `CREATE POLICY ... ON ${name} FOR ${command} ...;`,
    })
  for (const policy of open)
    findings.push({
      table: name,
      rule: "policy",
      message: `policy ${policy} of ${name} is true for the rows of every tenant`,
      fix: `DROP POLICY ${policy} ON ${name};`,
    })
  return findings
}

/**
 * Finds the views that show rows of tables under row security to whom the policies would not: those that read with the
 * rights of a role that row security does not bind, and materialized views, which have none. Only a live database knows
 * who owns its views.
 */
export async function auditTenantViews(
  connection: Connection,
  { by, schemas, exceptions = {} }: TenantRules,
): Promise<Pick<TenantAudit, "findings" | "exceptions">> {
  if (by !== "row-security") return { findings: [], exceptions: [] }
  const views = await connection.query<TenantView>(viewsSql, [schemas, Object.keys(exceptions)])
  return {
    findings: views.filter(({ key }) => exceptions[key] === undefined).map(viewFinding),
    exceptions: views.flatMap(({ key }) => {
      const because = exceptions[key]
      return because === undefined ? [] : [{ table: key, because }]
    }),
  }
}

interface TenantView {
  readonly name: string
  readonly key: string
  readonly kind: "v" | "m"
  readonly owner: string
  /** A table of tenants that it is made of. */
  readonly table: string
}

function viewFinding({ name, kind, owner, table }: TenantView): TenantFinding {
  const seen = `rows of ${table}`
  return kind === "m"
    ? {
        table: name,
        rule: "view",
        message: `materialized view ${name} holds ${seen}, and has no row security`,
        fix: `REVOKE ALL ON ${name} FROM ...;`,
      }
    : {
        table: name,
        rule: "view",
        message: `view ${name} shows ${seen} as ${owner}, whom row security does not bind`,
        fix: `ALTER VIEW ${name} SET (security_invoker = true);`,
      }
}

/** What views are made of, also over further views; those that read as their caller are looked through. */
const viewsSql = `
  with recursive made as (
    select distinct w.ev_class as view, d.refobjid as relation
      from pg_catalog.pg_depend d join pg_catalog.pg_rewrite w on w.oid = d.objid
     where d.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass
       and d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass and d.refobjid <> w.ev_class
  ), reads (view, relation) as (
    select view, relation from made
    union
    select r.view, m.relation from reads r join made m on m.view = r.relation
      join pg_catalog.pg_class c on c.oid = m.view and c.relkind = 'v'
     where c.reloptions && '{security_invoker=true,security_invoker=on,security_invoker=1,security_invoker=yes}'
  )
  select distinct on (1) pg_catalog.format('%I.%I', n.nspname, v.relname) as name, n.nspname || '.' || v.relname as key,
         v.relkind as kind, pg_catalog.quote_ident(o.rolname) as owner, pg_catalog.format('%I.%I', s.nspname, t.relname) as table
    from reads
    join pg_catalog.pg_class v on v.oid = reads.view
    join pg_catalog.pg_namespace n on n.oid = v.relnamespace
    join pg_catalog.pg_roles o on o.oid = v.relowner
    join pg_catalog.pg_class t on t.oid = reads.relation and t.relkind in ('r', 'p')
    join pg_catalog.pg_namespace s on s.oid = t.relnamespace and s.nspname = any($1)
   where s.nspname || '.' || t.relname <> all($2)
     and (v.relkind = 'm'
          or v.relkind = 'v' and (o.rolsuper or o.rolbypassrls)
             and not coalesce(v.reloptions && '{security_invoker=true,security_invoker=on,security_invoker=1,security_invoker=yes}', false))
   order by 1, 5`

const tablesSql = `
  select c.oid, pg_catalog.format('%I.%I', n.nspname, c.relname) as name, n.nspname || '.' || c.relname as key,
         a.attnotnull as "notNull", c.relrowsecurity as secured, c.relforcerowsecurity as forced,
         exists (select 1 from pg_catalog.pg_index i
                  where i.indrelid = c.oid and i.indisvalid and i.indpred is null and i.indkey[0] = a.attnum) as indexed,
         array(select p.polcmd from pg_catalog.pg_policy p where p.polrelid = c.oid and p.polpermissive) as commands,
         array(select pg_catalog.quote_ident(p.polname) from pg_catalog.pg_policy p
                where p.polrelid = c.oid and p.polpermissive and 0::pg_catalog.oid = any(p.polroles)
                  and (pg_catalog.pg_get_expr(p.polqual, p.polrelid) = 'true'
                    or pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid) = 'true')
                order by p.polname) as open
    from pg_catalog.pg_class c
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace and n.nspname = any($1)
    left join pg_catalog.pg_attribute a
      on a.attrelid = c.oid and a.attname = $2 and not a.attisdropped and a.attnum > 0
   where c.relkind in ('r', 'p') and not c.relispartition
     and not exists (select 1 from pg_catalog.pg_depend d
                      where d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass and d.objid = c.oid and d.deptype = 'e')
   order by n.nspname, c.relname`

/** Foreign keys between tenant tables in which the tenant's column does not stand at the same place on both sides. */
const keysSql = `
  select pg_catalog.format('%I.%I', n.nspname, c.relname) as table, pg_catalog.quote_ident(k.conname) as name,
         k.confrelid::pg_catalog.regclass::text as target, pg_catalog.pg_get_constraintdef(k.oid) as definition
    from pg_catalog.pg_constraint k
    join pg_catalog.pg_class c on c.oid = k.conrelid
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace
   where k.contype = 'f' and k.conrelid = any($1) and k.confrelid = any($1)
     and not exists (
       select 1 from rows from (pg_catalog.unnest(k.conkey), pg_catalog.unnest(k.confkey)) as pair (here, there)
         join pg_catalog.pg_attribute h on h.attrelid = k.conrelid and h.attnum = pair.here and h.attname = $2
         join pg_catalog.pg_attribute t on t.attrelid = k.confrelid and t.attnum = pair.there and t.attname = $2)
   order by 1, 2`
