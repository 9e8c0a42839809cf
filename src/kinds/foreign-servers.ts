import { quoteLiteral } from "../sql/identifier.ts"
import { optionClause, optionColumns, optionSteps } from "./foreign-options.ts"
import { defineKind } from "./kind.ts"
import { secretSteps } from "./secrets.ts"

export interface ForeignServer {
  readonly wrapper: string
  readonly serverType: string | null
  readonly version: string | null
  readonly options: readonly string[]
  readonly secrets: readonly string[]
}

export const foreignServers = defineKind<ForeignServer>({
  name: "server",
  query: (scope) => `
    select 'pg_foreign_server'::regclass::oid as classid, o.oid as objid, 0 as objsubid, quote_ident(o.srvname) as name,
      o.srvowner::regrole::text as owner, o.srvacl::text[] as acl, quote_ident(w.fdwname) as wrapper,
      o.srvtype as "serverType", o.srvversion as version, ${optionColumns("o.srvoptions", scope)}
    from pg_foreign_server o join pg_foreign_data_wrapper w on w.oid = o.srvfdw
    where ${scope.includes("pg_foreign_server", "o.oid")}`,
  create: ({ identity, properties: { wrapper, serverType, version, options, secrets } }) => [
    [
      `create server ${identity}`,
      ...(serverType === null ? [] : [`type ${quoteLiteral(serverType)}`]),
      ...(version === null ? [] : [`version ${quoteLiteral(version)}`]),
      `foreign data wrapper ${wrapper}${optionClause(options)}`,
    ].join(" "),
    ...secretSteps(`server ${identity}`, [], secrets),
  ],
  drop: ({ identity }) => [`drop server ${identity}`],
  alter: {
    wrapper: "recreate",
    serverType: "recreate",
    version: (_, { identity, properties: { version } }) =>
      version === null ? "recreate" : [`alter server ${identity} version ${quoteLiteral(version)}`],
    options: (before, { identity, properties: { options } }) =>
      optionSteps(`server ${identity}`, before.properties.options, options),
    secrets: (before, { identity, properties: { secrets } }) =>
      secretSteps(`server ${identity}`, before.properties.secrets, secrets),
  },
  facets: {
    comment: ({ identity }) => `server ${identity}`,
    owner: ({ identity }) => `server ${identity}`,
    grants: { type: "S", on: ({ identity }) => `foreign server ${identity}` },
  },
})
