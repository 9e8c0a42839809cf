import { quoteLiteral } from "../sql/identifier.ts"
import { defineKind } from "./kind.ts"

/** A conversion between the encodings of two character sets. */
export interface Conversion {
  readonly from: string
  readonly to: string
  /** Quoted and qualified. */
  readonly function: string
  readonly default: boolean
}

export const conversions = defineKind<Conversion>({
  name: "conversion",
  query: (scope) => `
    select 'pg_conversion'::regclass::oid as classid, o.oid as objid, 0 as objsubid, quote_ident(o.conname) as name,
      o.conowner::regrole::text as owner,
      pg_encoding_to_char(o.conforencoding) as from, pg_encoding_to_char(o.contoencoding) as to,
      o.conproc::regproc::text as function, o.condefault as default
    from pg_conversion o where ${scope.includes("pg_conversion", "o.oid", "o.connamespace")}`,
  create: ({ identity, properties: { from, to, function: name, default: isDefault } }) => [
    `create ${isDefault ? "default " : ""}conversion ${identity} for ${quoteLiteral(from)} to ${quoteLiteral(to)} from ${name}`,
  ],
  drop: ({ identity }) => [`drop conversion ${identity}`],
  alter: { from: "recreate", to: "recreate", function: "recreate", default: "recreate" },
  facets: {
    comment: ({ identity }) => `conversion ${identity}`,
    owner: ({ identity }) => `conversion ${identity}`,
  },
})
