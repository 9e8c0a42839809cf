/** A parse tree as PostgreSQL's parser gives it: nodes are objects with one key, their kind. */
export type Tree = { readonly [key: string]: unknown }

/** Parses SQL statements, PL/pgSQL functions; undefined where the parser does not understand the text. */
export interface Parser {
  readonly sql: (text: string) => readonly Tree[] | undefined
  readonly plpgsql: (text: string) => Tree | undefined
}

/** Loads PostgreSQL's parser, which takes a tenth of a second. */
export async function loadBodyParser(): Promise<Parser> {
  const { loadModule, parseSync, parsePlPgSQLSync } = await import("libpg-query")
  await loadModule()
  return {
    sql: remembering((text) =>
      attempt(() => (parseSync(text).stmts ?? []).map(({ stmt }) => stmt as unknown as Tree)),
    ),
    plpgsql: (text) => attempt(() => parsePlPgSQLSync(text) as unknown as Tree),
  }
}

/** The expressions of functions are short and few, and are asked for again and again. */
function remembering<Result>(parse: (text: string) => Result): (text: string) => Result {
  const known = new Map<string, Result>()
  return (text) => {
    if (known.has(text)) return known.get(text) as Result
    const result = parse(text)
    if (text.length < 1_000) known.set(text, result)
    return result
  }
}

function attempt<Result>(parse: () => Result): Result | undefined {
  try {
    return parse()
  } catch {
    return undefined
  }
}

export function isTree(value: unknown): value is Tree {
  return typeof value === "object" && value !== null && !Array.isArray(value)
}

/** Returns the kind and the fields of a node. */
export function nodeOf(value: unknown): { readonly kind: string; readonly fields: Tree } | undefined {
  if (!isTree(value)) return undefined
  const [entry] = Object.entries(value)
  return entry !== undefined && isTree(entry[1]) ? { kind: entry[0], fields: entry[1] } : undefined
}

/** Calls `visit` for every object in the tree with the key that it stands under. */
export function walk(value: unknown, visit: (key: string, fields: Tree) => void, key = ""): void {
  if (Array.isArray(value)) for (const item of value) walk(item, visit, key)
  else if (isTree(value)) {
    visit(key, value)
    for (const [name, child] of Object.entries(value)) walk(child, visit, name)
  }
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

/** Returns the words of a name: `[{ String: { sval: "app" } }, ...]`. */
export function wordsOf(value: unknown): readonly string[] {
  return listOf(value).map((item) => {
    const node = nodeOf(item)
    return node?.kind === "String" && typeof node.fields.sval === "string" ? node.fields.sval : "*"
  })
}

/** Returns the text of a constant, also through a cast; undefined for anything else. */
export function constantOf(value: unknown): string | undefined {
  const node = nodeOf(value)
  if (node?.kind === "TypeCast") return constantOf(node.fields.arg)
  if (node?.kind !== "A_Const") return undefined
  const { sval, ival, fval, boolval } = node.fields
  if (isTree(sval)) return String(sval.sval ?? "")
  if (isTree(ival)) return String(ival.ival ?? 0)
  if (isTree(fval)) return String(fval.fval ?? "")
  if (isTree(boolval)) return String(boolval.boolval ?? false)
  return ""
}
