import type { Access } from "../access.ts"
import { factsOf } from "./guards.ts"
import { listOf, nodeOf, type Parser } from "./tree.ts"

const known = new WeakMap<Access, ReadonlySet<string>>()

/** Names of the domains whose checks let nothing in but plain words, or one of a few texts. */
export function wordDomains(access: Access, parser: Parser): ReadonlySet<string> {
  const found = known.get(access) ?? find(access, parser)
  known.set(access, found)
  return found
}

/** Types are told apart by their bare names, so that all domains of a name must keep to it. */
function find({ domains }: Access, parser: Parser): ReadonlySet<string> {
  const isStrict = new Map<string, boolean>()
  for (const { name, checks } of domains)
    isStrict.set(name, isStrict.get(name) !== false && checks.some((check) => isOfWords(check, parser)))
  return new Set([...isStrict].flatMap(([name, strict]) => (strict ? [name] : [])))
}

function isOfWords(check: string, parser: Parser): boolean {
  const [statement] = parser.sql(`SELECT ${check.replace(/^CHECK /, "")}`) ?? []
  const [target] = listOf(nodeOf(statement)?.fields.targetList)
  const { met } = factsOf(nodeOf(target)?.fields.val, { valueOf: () => undefined })
  return met.values.has("value")
}
