import { isTree, listOf, nodeOf, wordsOf } from "./tree.ts"

/** Types that any can stand for, so that the caller brings its own. */
export const polymorphic = /^any(element|array|nonarray|range|multirange|compatible\w*)?$|^"any"$/

/** Functions that look at a value without calling anything of its type's. */
const harmless = new Set([
  "cardinality", "array_length", "array_upper", "array_lower", "array_ndims", "pg_typeof", "num_nulls", "num_nonnulls",
]) // biome-ignore format: one word after another

/** Tells whether more is done with a variable of any type than to give it back, or to count what is in it. */
export function isUsed(statement: unknown, variables: readonly string[]): boolean {
  if (variables.length === 0) return false
  const select = nodeOf(statement)
  const isBare = (target: unknown) => {
    const value = nodeOf(nodeOf(target)?.fields.val)
    return value?.kind === "ColumnRef" || value?.kind === "ParamRef"
  }
  if (select?.kind === "SelectStmt" && select.fields.fromClause === undefined) {
    const targets = listOf(select.fields.targetList)
    if (targets.length > 0 && targets.every(isBare)) return false
  }
  return touches(statement, variables)
}

function touches(value: unknown, variables: readonly string[]): boolean {
  if (Array.isArray(value)) return value.some((each) => touches(each, variables))
  if (!isTree(value)) return false
  const node = nodeOf(value)
  if (node?.kind === "NullTest") return false
  if (node?.kind === "FuncCall" && harmless.has(wordsOf(node.fields.funcname).at(-1) ?? "")) return false
  if (node?.kind === "ColumnRef") return variables.includes(wordsOf(node.fields.fields).at(-1) ?? "")
  if (node?.kind === "ParamRef") return variables.includes(`$${String(node.fields.number)}`)
  return Object.values(value).some((each) => touches(each, variables))
}
