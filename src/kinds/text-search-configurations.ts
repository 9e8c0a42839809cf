import type { CatalogObject } from "../catalog/catalog.ts"
import { defineKind } from "./kind.ts"

export interface TextSearchConfiguration {
  /** Quoted and qualified. */
  readonly parser: string
  /** `asciiword with public.thesaurus, simple`, by the kind of token. */
  readonly mappings: readonly string[]
}

type Of = CatalogObject<TextSearchConfiguration>

export const textSearchConfigurations = defineKind<TextSearchConfiguration>({
  name: "text search configuration",
  query: (scope) => `
    select 'pg_ts_config'::regclass::oid as classid, o.oid as objid, 0 as objsubid, quote_ident(o.cfgname) as name,
      o.cfgowner::regrole::text as owner, quote_ident(n.nspname) || '.' || quote_ident(p.prsname) as parser,
      array(select quote_ident(t.alias) || ' with ' ||
          string_agg(m.mapdict::regdictionary::text, ', ' order by m.mapseqno)
        from pg_ts_config_map m join ts_token_type(o.cfgparser) t on t.tokid = m.maptokentype
        where m.mapcfg = o.oid group by t.alias order by t.alias collate "C") as mappings
    from pg_ts_config o join pg_ts_parser p on p.oid = o.cfgparser join pg_namespace n on n.oid = p.prsnamespace
    where ${scope.includes("pg_ts_config", "o.oid", "o.cfgnamespace")}`,
  create: (configuration) => [
    `create text search configuration ${configuration.identity} (parser = ${configuration.properties.parser})`,
    ...configuration.properties.mappings.map((mapping) => map(configuration, `add mapping for ${mapping}`)),
  ],
  drop: ({ identity }) => [`drop text search configuration ${identity}`],
  alter: {
    parser: "recreate",
    mappings: (before, after) => {
      const old = new Map(before.properties.mappings.map((mapping) => [tokenOf(mapping), mapping]))
      const wanted = new Map(after.properties.mappings.map((mapping) => [tokenOf(mapping), mapping]))
      return [
        ...[...old.keys()]
          .filter((token) => !wanted.has(token))
          .map((token) => map(after, `drop mapping for ${token}`)),
        ...[...wanted]
          .filter(([token, mapping]) => old.get(token) !== mapping)
          .map(([token, mapping]) =>
            map(after, `${old.has(token) ? "alter" : "add"} mapping for ${mapping}`),
          ),
      ]
    },
  },
  facets: {
    comment: ({ identity }) => `text search configuration ${identity}`,
    owner: ({ identity }) => `text search configuration ${identity}`,
  },
})

function map({ identity }: Of, action: string): string {
  return `alter text search configuration ${identity} ${action}`
}

function tokenOf(mapping: string): string {
  return mapping.slice(0, mapping.indexOf(" with "))
}
