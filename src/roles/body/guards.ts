import { anyWord, type DynamicText, fixedName, type Names, oneOf, textOf } from "./dynamic-text.ts"
import { findsOthers, isWordPattern, matchesWords } from "./patterns.ts"
import { constantOf, listOf, nodeOf, type Tree, wordsOf } from "./tree.ts"

/** Who must have logged in for a statement to run: one of these, or a member of this role. */
export type CallerCheck = { readonly logins: readonly string[] } | { readonly memberOf: string }

/** What holds where a condition was met, or was not. */
export interface Facts {
  /** What variables can only be, by the words that name them. */
  readonly values: ReadonlyMap<string, DynamicText>
  readonly callers: readonly CallerCheck[]
}

/** What a condition tells. NULL is as harmless as anything: a statement that is NULL does not run. */
interface Told {
  readonly met: Facts
  readonly unmet: Facts
}

export const nothing: Facts = { values: new Map(), callers: [] }
const told = (met: Facts, unmet: Facts = nothing): Told => ({ met, unmet })

/** Both hold. */
export function both(a: Facts, b: Facts): Facts {
  return { values: new Map([...a.values, ...b.values]), callers: [...a.callers, ...b.callers] }
}

/** One of them holds, and nobody knows which. */
export function either(a: Facts, b: Facts): Facts {
  const values = [...a.values].flatMap(([name, value]) => {
    const other = b.values.get(name)
    return other === undefined ? [] : [[name, oneOf([value, other])] as const]
  })
  const theirs = new Set(b.callers.map((each) => JSON.stringify(each)))
  return { values: new Map(values), callers: a.callers.filter((each) => theirs.has(JSON.stringify(each))) }
}

/** Finds out what a condition says about the variables in it, and about who asks. */
export function factsOf(condition: unknown, names: Names): Told {
  const { kind, fields } = nodeOf(condition) ?? { kind: "", fields: {} }
  switch (kind) {
    case "BoolExpr":
      return ofParts(
        String(fields.boolop),
        listOf(fields.args).map((each) => factsOf(each, names)),
      )
    case "BooleanTest": {
      const { met, unmet } = factsOf(fields.arg, names)
      if (fields.booltesttype === "IS_TRUE") return told(met)
      if (fields.booltesttype === "IS_NOT_TRUE") return told(nothing, met)
      return told(fields.booltesttype === "IS_FALSE" ? unmet : nothing)
    }
    case "CoalesceExpr": {
      const [first, otherwise] = listOf(fields.args)
      const { met, unmet } = factsOf(first, names)
      const constant = constantOf(otherwise)
      return told(constant === "false" ? met : nothing, constant === "true" ? unmet : nothing)
    }
    case "NullTest":
      return nullTest(fields)
    case "A_Expr":
      return comparison(fields, names)
    case "FuncCall":
      return membership(fields)
    case "SubLink":
      return lookup(fields, names)
    default:
      return told(nothing)
  }
}

function ofParts(operator: string, parts: readonly Told[]): Told {
  const [first = told(nothing)] = parts
  if (operator === "NOT_EXPR") return told(first.unmet, first.met)
  const rest = parts.slice(1)
  const [met, unmet] = operator === "AND_EXPR" ? ([both, either] as const) : ([either, both] as const)
  return told(
    rest.reduce((all, each) => met(all, each.met), first.met),
    rest.reduce((all, each) => unmet(all, each.unmet), first.unmet),
  )
}

function nullTest({ arg, nulltesttype }: Tree): Told {
  const isNull = holding(variableIn(arg), fixedName)
  return nulltesttype === "IS_NULL" ? told(isNull) : told(nothing, isNull)
}

/** `kind in ('a', 'b')`, `kind = any (array[...])`, `name ~ '^[a-z]+$'`, `session_user = 'deploy'`, and their opposites. */
function comparison({ kind, name, lexpr, rexpr }: Tree, names: Names): Told {
  const operator = wordsOf(name).at(-1) ?? ""
  const isList =
    (kind === "AEXPR_OP" || kind === "AEXPR_IN" || kind === "AEXPR_OP_ANY") && operator === "="
      ? "met"
      : (kind === "AEXPR_OP" || kind === "AEXPR_IN" || kind === "AEXPR_OP_ALL") && operator === "<>"
        ? "unmet"
        : kind === "AEXPR_NOT_DISTINCT"
          ? "met"
          : kind === "AEXPR_DISTINCT"
            ? "unmet"
            : undefined
  if (isList !== undefined) {
    const facts = equalTo(lexpr, rexpr, names)
    return isList === "met" ? told(facts) : told(nothing, facts)
  }
  const isRegularExpression = kind === "AEXPR_OP" && /^!?~\*?$/.test(operator)
  const pattern = constantOf(rexpr) ?? ""
  if (isRegularExpression && matchesWords(pattern)) return word(lexpr, operator.startsWith("!"))
  if (isRegularExpression && findsOthers(pattern)) return word(lexpr, !operator.startsWith("!"))
  if (kind === "AEXPR_SIMILAR") {
    const [similar] = listOf(nodeOf(rexpr)?.fields.args)
    const isWord = isWordPattern((constantOf(similar) ?? "").replaceAll("\\", "?"))
    if (isWord) return word(lexpr, operator.startsWith("!"))
  }
  return told(nothing)
}

function word(expression: unknown, isUnmet: boolean): Told {
  const facts = holding(variableIn(expression), anyWord)
  return isUnmet ? told(nothing, facts) : told(facts)
}

function equalTo(left: unknown, right: unknown, names: Names): Facts {
  const constants = constantsOf(right)
  if (isSessionUser(left)) {
    const logins = constants ?? []
    return logins.length === 0 ? nothing : { values: new Map(), callers: [{ logins }] }
  }
  const variable = variableIn(left)
  if (variable === undefined) return nothing
  if (constants !== undefined) return holding(variable, fixedName)
  // A list in a variable that nothing of the caller's goes into.
  const list = textOf(right, names)
  return list.safe && nodeOf(right)?.kind === "ColumnRef" ? holding(variable, list) : nothing
}

/** `pg_has_role(session_user, 'owner', 'member')` */
function membership({ funcname, args }: Tree): Told {
  const [user, role] = listOf(args)
  const memberOf = constantOf(role)
  if (wordsOf(funcname).at(-1) !== "pg_has_role" || !isSessionUser(user) || memberOf === undefined)
    return told(nothing)
  return told({ values: new Map(), callers: [{ memberOf }] })
}

/** `exists (select from allowed where name = given)`, `given in (select name from allowed)` */
function lookup({ subLinkType, testexpr, subselect, operName }: Tree, names: Names): Told {
  const select = nodeOf(subselect)?.fields
  const column = select === undefined ? undefined : names.columnsOf?.(select)
  if (select === undefined || column === undefined) return told(nothing)
  const there = (compared: unknown) =>
    column(wordsOf(nodeOf(compared)?.fields.fields).at(-1) ?? "") ?? fixedName
  if (subLinkType === "ANY_SUBLINK" && operName === undefined) {
    const [target] = listOf(select.targetList)
    return told(holding(variableIn(testexpr), there(nodeOf(target)?.fields.val)))
  }
  if (subLinkType !== "EXISTS_SUBLINK") return told(nothing)
  const equals = conjunctionOf(select.whereClause).flatMap((each) => {
    const { kind, fields } = nodeOf(each) ?? { kind: "", fields: {} }
    if (kind !== "A_Expr" || fields.kind !== "AEXPR_OP" || wordsOf(fields.name).at(-1) !== "=") return []
    return [
      [fields.lexpr, fields.rexpr],
      [fields.rexpr, fields.lexpr],
    ]
  })
  const known = equals.map(([stored, given]) => {
    const name = variableIn(given)
    // Of two names, the one that is a variable is what is asked about.
    return name !== undefined && names.valueOf([name]) !== undefined ? holding(name, there(stored)) : nothing
  })
  return told(known.reduce(both, nothing))
}

function conjunctionOf(condition: unknown): readonly unknown[] {
  const { kind, fields } = nodeOf(condition) ?? { kind: "", fields: {} }
  return kind === "BoolExpr" && fields.boolop === "AND_EXPR"
    ? listOf(fields.args).flatMap(conjunctionOf)
    : [condition]
}

function holding(name: string | undefined, value: DynamicText): Facts {
  return name === undefined ? nothing : { values: new Map([[name, value]]), callers: [] }
}

/** The variable that an expression is, as it stands or with other letters or less space around it. */
function variableIn(expression: unknown): string | undefined {
  const { kind, fields } = nodeOf(expression) ?? { kind: "", fields: {} }
  if (kind === "ColumnRef") return wordsOf(fields.fields).join(".")
  if (kind === "ParamRef") return `$${String(fields.number)}`
  if (kind === "TypeCast") return variableIn(fields.arg)
  if (kind !== "FuncCall" || listOf(fields.args).length !== 1) return undefined
  const isHarmless = ["lower", "upper", "btrim", "ltrim", "rtrim"].includes(
    wordsOf(fields.funcname).at(-1) ?? "",
  )
  return isHarmless ? variableIn(listOf(fields.args)[0]) : undefined
}

function isSessionUser(expression: unknown): boolean {
  const { kind, fields } = nodeOf(expression) ?? { kind: "", fields: {} }
  if (kind === "TypeCast") return isSessionUser(fields.arg)
  return kind === "SQLValueFunction" && fields.op === "SVFOP_SESSION_USER"
}

/** The texts of a constant or a list of them; undefined where anything else is among them. */
function constantsOf(value: unknown): readonly string[] | undefined {
  const single = constantOf(value)
  if (single !== undefined) return [single]
  const node = nodeOf(value)
  if (node?.kind === "TypeCast") return constantsOf(node.fields.arg)
  const items =
    node?.kind === "A_ArrayExpr" ? listOf(node.fields.elements) : listOf(node?.fields.items ?? value)
  const found = items.map(constantOf)
  return found.length > 0 && found.every((each) => each !== undefined) ? found : undefined
}
