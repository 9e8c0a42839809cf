import type { Routine } from "../access.ts"
import { anything, type Names, textOf } from "./dynamic-text.ts"
import { PlpgsqlReader } from "./plpgsql.ts"
import { isUsed, polymorphic } from "./polymorphic.ts"
import { type BodyContext, type RoutineBody, textOfArgument, unreadable } from "./routine-body.ts"
import { readStatement } from "./statement.ts"
import { listOf, nodeOf, type Parser } from "./tree.ts"

/** Reads a routine in SQL or PL/pgSQL; of other languages nothing is known. */
export function readBody(routine: Routine, parser: Parser, context: BodyContext): RoutineBody {
  if (routine.language === "sql") return readSql(routine, parser, context)
  if (routine.language !== "plpgsql") return unreadable
  const tree = parser.plpgsql(routine.definition)
  return tree === undefined ? unreadable : new PlpgsqlReader(parser, context, tree, routine).read()
}

function readSql(routine: Routine, parser: Parser, context: BodyContext): RoutineBody {
  const { definition, argumentNames, argumentTypes } = routine
  // A body that was read when the function was made is printed as BEGIN ATOMIC ... END.
  const text = definition
    .replace(/^\s*BEGIN ATOMIC\b/i, "")
    .replace(/\bEND\s*$/i, (end) => (/^\s*BEGIN ATOMIC\b/i.test(definition) ? "" : end))
  const trees = parser.sql(text)
  if (trees === undefined) return unreadable
  const names: Names = {
    valueOf: (words) => {
      const name = words.at(-1) ?? ""
      const index = name.startsWith("$") ? Number(name.slice(1)) - 1 : argumentNames.indexOf(name)
      const type = argumentTypes[index]
      return type === undefined
        ? undefined
        : (textOfArgument(type, context) ?? context.args?.[index] ?? anything)
    },
    resultOf: context.resultOf,
  }
  const statements = trees.map((tree) => ({ facts: readStatement(tree), names, callers: [] }))
  const [target, ...more] = listOf(nodeOf(trees.at(-1))?.fields.targetList)
  const value = nodeOf(target)?.fields.val
  const open = argumentTypes.flatMap((type, index) =>
    polymorphic.test(type) ? [`$${index + 1}`, argumentNames[index] ?? ""] : [],
  )
  return {
    ...unreadable,
    statements,
    usesAnyType: trees.some((tree) => isUsed(tree, open)),
    ...(value === undefined || more.length > 0 ? {} : { result: textOf(value, names) }),
    readable: true,
  }
}
