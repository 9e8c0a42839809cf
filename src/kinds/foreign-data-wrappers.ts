import { optionClause, optionColumns, optionSteps } from "./foreign-options.ts"
import { defineKind } from "./kind.ts"
import { secretSteps } from "./secrets.ts"

export interface ForeignDataWrapper {
  /** Quoted and qualified. */
  readonly handler: string | null
  readonly validator: string | null
  readonly options: readonly string[]
  readonly secrets: readonly string[]
}

export const foreignDataWrappers = defineKind<ForeignDataWrapper>({
  name: "foreign data wrapper",
  query: (scope) => `
    select 'pg_foreign_data_wrapper'::regclass::oid as classid, o.oid as objid, 0 as objsubid,
      quote_ident(o.fdwname) as name, o.fdwowner::regrole::text as owner, o.fdwacl::text[] as acl,
      case when o.fdwhandler <> 0 then o.fdwhandler::regproc::text end as handler,
      case when o.fdwvalidator <> 0 then o.fdwvalidator::regproc::text end as validator,
      ${optionColumns("o.fdwoptions", scope)}
    from pg_foreign_data_wrapper o where ${scope.includes("pg_foreign_data_wrapper", "o.oid")}`,
  create: ({ identity, properties: { handler, validator, options, secrets } }) => [
    `create foreign data wrapper ${identity}${handler === null ? "" : ` handler ${handler}`}${
      validator === null ? "" : ` validator ${validator}`
    }${optionClause(options)}`,
    ...secretSteps(`foreign data wrapper ${identity}`, [], secrets),
  ],
  drop: ({ identity }) => [`drop foreign data wrapper ${identity}`],
  alter: {
    handler: (_, { identity, properties: { handler } }) => [
      `alter foreign data wrapper ${identity} ${handler === null ? "no handler" : `handler ${handler}`}`,
    ],
    validator: (_, { identity, properties: { validator } }) => [
      `alter foreign data wrapper ${identity} ${validator === null ? "no validator" : `validator ${validator}`}`,
    ],
    options: (before, { identity, properties: { options } }) =>
      optionSteps(`foreign data wrapper ${identity}`, before.properties.options, options),
    secrets: (before, { identity, properties: { secrets } }) =>
      secretSteps(`foreign data wrapper ${identity}`, before.properties.secrets, secrets),
  },
  facets: {
    comment: ({ identity }) => `foreign data wrapper ${identity}`,
    owner: ({ identity }) => `foreign data wrapper ${identity}`,
    grants: { type: "F", on: ({ identity }) => `foreign data wrapper ${identity}` },
  },
})
