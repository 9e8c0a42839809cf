import type { CatalogObject } from "../catalog/catalog.ts"
import { defineKind, losing } from "./kind.ts"

/** A type with input and output functions of its own, which are usually written in C. */
export interface BaseType {
  /** Quoted and qualified, like all functions. */
  readonly input: string
  readonly output: string
  readonly receive: string | null
  readonly send: string | null
  readonly typmodIn: string | null
  readonly typmodOut: string | null
  readonly analyze: string | null
  readonly subscript: string | null
  readonly storage: "plain" | "external" | "extended" | "main"
  /** `internallength = variable`, `element = integer`: what no statement changes. */
  readonly parameters: readonly string[]
}

type Of = CatalogObject<BaseType>

/** Where a function can be missing, the name of its column in pg_type. */
const functionColumns = {
  receive: "typreceive",
  send: "typsend",
  typmodIn: "typmodin",
  typmodOut: "typmodout",
  analyze: "typanalyze",
  subscript: "typsubscript",
} as const

export const baseTypes = defineKind<BaseType>({
  name: "base type",
  query: (scope) => `
    select 'pg_type'::regclass::oid as classid, o.oid as objid, 0 as objsubid, quote_ident(o.typname) as name,
      o.typowner::regrole::text as owner, o.typacl::text[] as acl,
      o.typinput::regproc::text as input, o.typoutput::regproc::text as output,
      ${Object.entries(functionColumns)
        .map(
          ([name, column]) => `case when o.${column} <> 0 then o.${column}::regproc::text end as "${name}"`,
        )
        .join(", ")},
      case o.typstorage when 'p' then 'plain' when 'e' then 'external' when 'x' then 'extended' else 'main' end as storage,
      array_remove(array[
        'internallength = ' || case when o.typlen = -1 then 'variable' else o.typlen::text end,
        case when o.typbyval then 'passedbyvalue' end,
        'alignment = ' || case o.typalign when 'c' then 'char' when 's' then 'int2' when 'd' then 'double' else 'int4' end,
        'category = ' || quote_literal(o.typcategory::text),
        case when o.typispreferred then 'preferred = true' end,
        'default = ' || quote_literal(o.typdefault),
        case when o.typelem <> 0 then 'element = ' || format_type(o.typelem, null) end,
        'delimiter = ' || quote_literal(o.typdelim::text),
        case when o.typcollation <> 0 then 'collatable = true' end
      ], null) as parameters
    from pg_type o
    where o.typtype = 'b' and o.typisdefined and not exists (select from pg_type e where e.typarray = o.oid)
      and ${scope.includes("pg_type", "o.oid", "o.typnamespace")}`,
  // The type and the functions that take or return it need each other: only together can they go.
  dependencies: () => `
    select 'pg_proc'::regclass as classid, d.objid, 0 as objsubid, 'pg_type'::regclass as refclassid, o.oid as refobjid,
      0 as refobjsubid, 'owned' as type
    from pg_type o
    join pg_depend d on d.classid = 'pg_proc'::regclass and d.refclassid = 'pg_type'::regclass and d.refobjid = o.oid
    where o.typtype = 'b' and o.oid >= 16384
      and d.objid in (o.typinput, o.typoutput, ${Object.values(functionColumns)
        .map((column) => `o.${column}`)
        .join(", ")})`,
  stub: ({ identity }) => [`create type ${identity}`],
  create: ({ identity, properties }) => {
    const { input, output, storage, parameters } = properties
    const functions = Object.keys(functionColumns) as (keyof typeof functionColumns)[]
    const clauses = [
      `input = ${input}`,
      `output = ${output}`,
      ...functions.flatMap((name) => (properties[name] === null ? [] : [assignment(name, properties[name])])),
      `storage = ${storage}`,
      ...parameters,
    ]
    return [`create type ${identity} (\n  ${clauses.join(",\n  ")}\n)`]
  },
  drop: ({ identity }) => [
    losing(
      `drop type ${identity} cascade`,
      `every column of type ${identity} that came since the comparison`,
    ),
  ],
  alter: {
    input: "recreate",
    output: "recreate",
    receive: (_, after) => set(after, assignment("receive", after.properties.receive)),
    send: (_, after) => set(after, assignment("send", after.properties.send)),
    typmodIn: (_, after) => set(after, assignment("typmodIn", after.properties.typmodIn)),
    typmodOut: (_, after) => set(after, assignment("typmodOut", after.properties.typmodOut)),
    analyze: (_, after) => set(after, assignment("analyze", after.properties.analyze)),
    subscript: (_, after) => set(after, assignment("subscript", after.properties.subscript)),
    // The server does not go back to plain: values might be compressed or elsewhere.
    storage: (_, after) =>
      after.properties.storage === "plain" ? "recreate" : set(after, `storage = ${after.properties.storage}`),
    parameters: "recreate",
  },
  facets: {
    comment: ({ identity }) => `type ${identity}`,
    owner: ({ identity }) => `type ${identity}`,
    grants: { type: "T", on: ({ identity }) => `type ${identity}` },
  },
})

function assignment(name: keyof typeof functionColumns, value: string | null): string {
  const parameter = name === "typmodIn" ? "typmod_in" : name === "typmodOut" ? "typmod_out" : name
  return `${parameter} = ${value ?? "none"}`
}

function set({ identity }: Of, setting: string): string[] {
  return [`alter type ${identity} set (${setting})`]
}
