import { defineKind } from "./kind.ts"

/** A row security policy. Whether row security is on belongs to the table. */
export interface Policy {
  readonly command: "all" | "select" | "insert" | "update" | "delete"
  readonly permissive: boolean
  /** Quoted names, or `public`. */
  readonly roles: readonly string[]
  readonly using: string | null
  readonly check: string | null
}

export const policies = defineKind<Policy>({
  name: "policy",
  query: (scope) => `
    select 'pg_policy'::regclass::oid as classid, p.oid as objid, 0 as objsubid, quote_ident(p.polname) as name,
      'pg_class'::regclass::oid as parentclass, c.oid as parentid,
      case p.polcmd when 'r' then 'select' when 'a' then 'insert' when 'w' then 'update' when 'd' then 'delete'
        else 'all' end as command,
      p.polpermissive as permissive,
      array(select case r when 0 then 'public' else r::regrole::text end from unnest(p.polroles) r order by 1) as roles,
      pg_get_expr(p.polqual, p.polrelid) as using, pg_get_expr(p.polwithcheck, p.polrelid) as check
    from pg_policy p join pg_class c on c.oid = p.polrelid
    where ${scope.includes("pg_class", "c.oid", "c.relnamespace")}`,
  create: ({ name, parent, properties: { command, permissive, roles, using, check } }) => [
    [
      `create policy ${name} on ${parent?.identity}`,
      permissive ? "" : " as restrictive",
      command === "all" ? "" : ` for ${command}`,
      ` to ${roles.join(", ")}`,
      using === null ? "" : ` using (${using})`,
      check === null ? "" : ` with check (${check})`,
    ].join(""),
  ],
  drop: ({ name, parent }) => [`drop policy ${name} on ${parent?.identity}`],
  alter: {
    command: "recreate",
    permissive: "recreate",
    roles: (_, { name, parent, properties: { roles } }) => [
      `alter policy ${name} on ${parent?.identity} to ${roles.join(", ")}`,
    ],
    using: (_, { name, parent, properties: { using } }) =>
      using === null ? "recreate" : [`alter policy ${name} on ${parent?.identity} using (${using})`],
    check: (_, { name, parent, properties: { check } }) =>
      check === null ? "recreate" : [`alter policy ${name} on ${parent?.identity} with check (${check})`],
  },
  facets: { comment: ({ name, parent }) => `policy ${name} on ${parent?.identity}` },
})
