import { both, either, type Facts, nothing } from "./guards.ts"
import { listOf, nodeOf, type Tree, walk } from "./tree.ts"

/** What PL/pgSQL expressions say and do, for whoever knows how to read them. */
export interface Reading {
  /** What a condition tells where it is met, and where it is not. */
  readonly condition: (expression: unknown, known: Facts) => { readonly met: Facts; readonly unmet: Facts }
  /** Names of the variables that a statement gives a value to. */
  readonly assigned: (kind: string, fields: Tree) => readonly string[]
}

/**
 * Follows a function's body in the order in which it runs, and finds out for each statement what checks were passed on
 * every way to it.
 *
 * @returns facts by the statement's fields, and by its expressions
 */
export function followFlow(action: unknown, reading: Reading): WeakMap<Tree, Facts> {
  const flow = new Flow(reading)
  flow.sequence([action], nothing)
  return flow.known
}

/** Facts that hold behind something; undefined where nothing comes behind it: it raised an error, returned, or left a loop. */
type After = Facts | undefined

class Flow {
  readonly known = new WeakMap<Tree, Facts>()
  readonly #reading: Reading

  constructor(reading: Reading) {
    this.#reading = reading
  }

  sequence(statements: readonly unknown[], before: Facts): After {
    let now: After = before
    // What cannot be reached is followed with what was known last, so that it is seen at all.
    for (const each of statements) {
      const after = this.#statement(each, now ?? before)
      now = now === undefined ? undefined : after
    }
    return now
  }

  #statement(statement: unknown, before: Facts): After {
    const node = nodeOf(statement)
    if (node === undefined) return before
    const { kind, fields } = node
    this.#note(fields, before)
    switch (kind) {
      case "PLpgSQL_stmt_block":
        return this.#block(fields, before)
      case "PLpgSQL_stmt_if":
        return this.#branches(
          [
            { condition: fields.cond, body: fields.then_body },
            ...listOf(fields.elsif_list).map((each) => {
              const { cond, stmts } = nodeOf(each)?.fields ?? {}
              return { condition: cond, body: stmts }
            }),
          ],
          fields.else_body,
          before,
        )
      case "PLpgSQL_stmt_case":
        return this.#cases(fields, before)
      case "PLpgSQL_stmt_loop":
      case "PLpgSQL_stmt_while":
      case "PLpgSQL_stmt_fori":
      case "PLpgSQL_stmt_fors":
      case "PLpgSQL_stmt_forc":
      case "PLpgSQL_stmt_dynfors":
      case "PLpgSQL_stmt_foreach_a":
        return this.#loop(kind, fields, before)
      case "PLpgSQL_stmt_exit":
        return fields.cond === undefined
          ? undefined
          : both(before, this.#reading.condition(fields.cond, before).unmet)
      case "PLpgSQL_stmt_raise":
        // 21 is the level of ERROR, which a RAISE that does not say one has.
        return Number(fields.elog_level ?? 0) >= 21 ? undefined : before
      case "PLpgSQL_stmt_return":
        return undefined
      default:
        return without(before, this.#reading.assigned(kind, fields))
    }
  }

  /** A statement's expressions are known by what holds where it runs; those of statements inside of it are noted later. */
  #note(fields: Tree, facts: Facts): void {
    walk(fields, (_, inner) => this.known.set(inner, facts))
  }

  /** A handler begins where nothing of the block is sure to have happened. */
  #block({ body, exceptions, label }: Tree, before: Facts): After {
    const end = this.sequence(listOf(body), before)
    const after = leaves(body, label) ? joined(end, without(before, this.#assignedIn(body))) : end
    const handlers = listOf(nodeOf(exceptions)?.fields.exc_list)
    if (exceptions === undefined) return after
    const caught = without(before, this.#assignedIn(body))
    return handlers
      .map((each) => this.sequence(listOf(nodeOf(each)?.fields.action), caught))
      .reduce(joined, after)
  }

  #branches(
    branches: readonly { readonly condition: unknown; readonly body: unknown }[],
    otherwise: unknown,
    before: Facts,
  ): After {
    let here = before
    let after: After
    for (const { condition, body } of branches) {
      const { met, unmet } = this.#reading.condition(condition, here)
      after = joined(after, this.sequence(listOf(body), both(here, met)))
      here = both(here, unmet)
    }
    return joined(after, this.sequence(listOf(otherwise), here))
  }

  /** CASE compares a variable of its own: the expression stands beside it. Without ELSE it raises an error. */
  #cases({ t_expr, t_varno, case_when_list, have_else, else_stmts }: Tree, before: Facts): After {
    let after: After
    for (const each of listOf(case_when_list)) {
      const { expr, stmts } = nodeOf(each)?.fields ?? {}
      const query = String(nodeOf(expr)?.fields.query ?? "")
      const subject = String(nodeOf(t_expr)?.fields.query ?? "")
      const condition =
        t_expr === undefined
          ? expr
          : {
              PLpgSQL_expr: {
                query: query.replace(`"__Case__Variable_${String(t_varno)}__"`, `(${subject})`),
              },
            }
      after = joined(
        after,
        this.sequence(listOf(stmts), both(before, this.#reading.condition(condition, before).met)),
      )
    }
    return have_else === true ? joined(after, this.sequence(listOf(else_stmts), before)) : after
  }

  #loop(kind: string, fields: Tree, before: Facts): Facts {
    const entered = without(before, [
      ...this.#assignedIn(fields.body),
      ...this.#reading.assigned(kind, fields),
    ])
    const met = kind === "PLpgSQL_stmt_while" ? this.#reading.condition(fields.cond, entered).met : nothing
    this.sequence(listOf(fields.body), both(entered, met))
    return entered
  }

  #assignedIn(body: unknown): readonly string[] {
    const found: string[] = []
    walk(body, (kind, fields) => {
      if (kind.startsWith("PLpgSQL_stmt_")) found.push(...this.#reading.assigned(kind, fields))
    })
    return found
  }
}

/** Tells whether EXIT leaves a block by its label. */
function leaves(body: unknown, label: unknown): boolean {
  let found = false
  walk(body, (kind, fields) => {
    if (kind === "PLpgSQL_stmt_exit" && label !== undefined && fields.label === label) found = true
  })
  return found
}

function joined(a: After, b: After): After {
  if (a === undefined || b === undefined) return a ?? b
  return either(a, b)
}

function without(facts: Facts, names: readonly string[]): Facts {
  if (names.length === 0 || facts.values.size === 0) return facts
  const left = [...facts.values].filter(
    ([name]) => !names.includes(name) && !names.includes(name.split(".")[0] ?? ""),
  )
  return { ...facts, values: new Map(left) }
}
