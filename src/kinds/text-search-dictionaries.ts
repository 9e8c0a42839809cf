import { defineKind } from "./kind.ts"

export interface TextSearchDictionary {
  /** Quoted and qualified. */
  readonly template: string
  /** `stopwords = 'english', language = 'english'`, as the server keeps it. */
  readonly options: string | null
}

export const textSearchDictionaries = defineKind<TextSearchDictionary>({
  name: "text search dictionary",
  query: (scope) => `
    select 'pg_ts_dict'::regclass::oid as classid, o.oid as objid, 0 as objsubid, quote_ident(o.dictname) as name,
      o.dictowner::regrole::text as owner,
      quote_ident(n.nspname) || '.' || quote_ident(t.tmplname) as template, o.dictinitoption as options
    from pg_ts_dict o join pg_ts_template t on t.oid = o.dicttemplate join pg_namespace n on n.oid = t.tmplnamespace
    where ${scope.includes("pg_ts_dict", "o.oid", "o.dictnamespace")}`,
  create: ({ identity, properties: { template, options } }) => [
    `create text search dictionary ${identity} (template = ${template}${options === null ? "" : `, ${options}`})`,
  ],
  drop: ({ identity }) => [`drop text search dictionary ${identity}`],
  alter: {
    template: "recreate",
    // An option without a value is removed.
    options: (before, { identity, properties: { options } }) => {
      const gone = namesOf(before.properties.options).filter((name) => !namesOf(options).includes(name))
      const all = [...(options === null ? [] : [options]), ...gone]
      return [`alter text search dictionary ${identity} (${all.join(", ")})`]
    },
  },
  facets: {
    comment: ({ identity }) => `text search dictionary ${identity}`,
    owner: ({ identity }) => `text search dictionary ${identity}`,
  },
})

function namesOf(options: string | null): string[] {
  const found = (options ?? "").matchAll(/("(?:[^"]|"")*"|[^\s=,]+) = (?:E?'(?:[^']|'')*'|[^\s,]+)/g)
  return [...found].map(([, name = ""]) => name)
}
