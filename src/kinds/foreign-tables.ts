import { optionClause, optionColumns, optionSteps } from "./foreign-options.ts"
import { defineKind } from "./kind.ts"
import { secretSteps } from "./secrets.ts"

/** A table whose rows are elsewhere: dropping it loses none. Its columns and constraints are objects of their own. */
export interface ForeignTable {
  readonly server: string
  /** The tables that it inherits from, in their order; a partition's table is not among them. */
  readonly inherits: readonly string[]
  readonly options: readonly string[]
  readonly secrets: readonly string[]
}

export const foreignTables = defineKind<ForeignTable>({
  name: "foreign table",
  query: (scope) => `
    select 'pg_class'::regclass::oid as classid, c.oid as objid, 0 as objsubid, quote_ident(c.relname) as name,
      c.relowner::regrole::text as owner, c.relacl::text[] as acl, quote_ident(s.srvname) as server,
      array(select i.inhparent::regclass::text from pg_inherits i
        where i.inhrelid = c.oid and not c.relispartition order by i.inhseqno) as inherits,
      ${optionColumns("f.ftoptions", scope)}
    from pg_class c join pg_foreign_table f on f.ftrelid = c.oid join pg_foreign_server s on s.oid = f.ftserver
    where ${scope.includes("pg_class", "c.oid", "c.relnamespace")}`,
  create: ({ identity, properties: { server, inherits, options, secrets } }, parts) => [
    `create foreign table ${identity} (${parts.length === 0 ? "" : `\n  ${parts.join(",\n  ")}\n`})${
      inherits.length === 0 ? "" : ` inherits (${inherits.join(", ")})`
    } server ${server}${optionClause(options)}`,
    ...secretSteps(`foreign table ${identity}`, [], secrets),
  ],
  drop: ({ identity }) => [`drop foreign table ${identity}`],
  alter: {
    server: "recreate",
    inherits: (before, { identity, properties: { inherits } }) => [
      ...without(before.properties.inherits, inherits).map(
        (parent) => `alter foreign table ${identity} no inherit ${parent}`,
      ),
      ...without(inherits, before.properties.inherits).map(
        (parent) => `alter foreign table ${identity} inherit ${parent}`,
      ),
    ],
    options: (before, { identity, properties: { options } }) =>
      optionSteps(`foreign table ${identity}`, before.properties.options, options),
    secrets: (before, { identity, properties: { secrets } }) =>
      secretSteps(`foreign table ${identity}`, before.properties.secrets, secrets),
  },
  hosts: () => true,
  facets: {
    comment: ({ identity }) => `foreign table ${identity}`,
    owner: ({ identity }) => `foreign table ${identity}`,
    grants: { type: "r", on: ({ identity }) => `table ${identity}` },
  },
})

function without(all: readonly string[], known: readonly string[]): string[] {
  return all.filter((each) => !known.includes(each))
}
