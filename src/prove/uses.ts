import type { Node, RangeVar } from "libpg-query"
import { qualified } from "../sql/identifier.ts"
import type { Facts } from "./facts.ts"

/** Where a parameter's value goes to, or what it is compared with. */
export interface ParameterUse {
  readonly relation: string
  readonly column: string
  readonly use: "assigned" | "compared"
}

/** One write of a query, also of one inside a CTE. */
export interface Write {
  readonly operation: "insert" | "update" | "delete"
  readonly relation: string
  /** What each column is given; absent for a column that an INSERT leaves out. */
  readonly values: ReadonlyMap<string, Node | undefined>
  /** It names no column: as many as there were when it was written. */
  readonly positional: boolean
  readonly onConflict: boolean
}

/** What a query does with which columns, by its parse tree. */
export interface Uses {
  readonly parameters: ReadonlyMap<number, ParameterUse>
  readonly writes: readonly Write[]
  readonly relations: ReadonlySet<string>
}

type Tree = Readonly<Record<string, unknown>>

/** Reads a parse tree. Names without a schema mean the first relation of that name, `public` before others. */
export function usesOf(node: Node | undefined, facts: Facts): Uses {
  const reader = new Reader(facts)
  if (node !== undefined) {
    reader.collectRelations(node)
    reader.visit(node)
  }
  return reader
}

class Reader implements Uses {
  readonly parameters = new Map<number, ParameterUse>()
  readonly writes: Write[] = []
  readonly relations = new Set<string>()
  readonly #facts: Facts
  readonly #aliases = new Map<string, string>()

  constructor(facts: Facts) {
    this.#facts = facts
  }

  collectRelations(value: unknown): void {
    each(value, (key, tree) => {
      if (key !== "RangeVar" && key !== "relation") return
      const range = tree as RangeVar
      if (range.relname === undefined) return
      const name = this.#resolve(range)
      if (name === undefined) return
      this.relations.add(name)
      this.#aliases.set(range.alias?.aliasname ?? range.relname, name)
    })
  }

  visit(value: unknown): void {
    each(value, (key, tree) => {
      if (key === "InsertStmt") this.#insert(tree)
      else if (key === "UpdateStmt") this.#update(tree)
      else if (key === "DeleteStmt") this.#delete(tree)
      else if (key === "A_Expr") this.#compare(tree)
    })
  }

  #insert(tree: Tree): void {
    const relation = this.#resolve(tree.relation as RangeVar)
    if (relation === undefined) return
    const named = list(tree.cols).map((target) => String(at(target, "ResTarget", "name")))
    const positional = named.length === 0
    const columns = positional ? Object.keys(this.#facts.relations[relation]?.columns ?? {}) : named
    const rows = list(at(tree.selectStmt, "SelectStmt", "valuesLists"))
    const values = new Map<string, Node | undefined>()
    if (rows.length === 0) {
      const targets = list(at(tree.selectStmt, "SelectStmt", "targetList"))
      for (const [index, column] of columns.entries()) {
        if (positional && index >= targets.length && tree.selectStmt === undefined) break
        values.set(column, at(targets[index], "ResTarget", "val") as Node | undefined)
        this.#assign(at(targets[index], "ResTarget", "val"), relation, column)
      }
    }
    for (const row of rows) {
      for (const [index, item] of list(at(row, "List", "items")).entries()) {
        const column = columns[index]
        if (column === undefined) continue
        // DEFAULT as a value is the same as leaving the column out.
        if (at(item, "SetToDefault") === undefined) values.set(column, item as Node)
        this.#assign(item, relation, column)
      }
    }
    const onConflict = tree.onConflictClause !== undefined
    this.writes.push({
      operation: "insert",
      relation,
      values,
      positional: positional && values.size > 0,
      onConflict,
    })
    this.#setters(at(tree, "onConflictClause", "targetList"), relation)
  }

  #update(tree: Tree): void {
    const relation = this.#resolve(tree.relation as RangeVar)
    if (relation === undefined) return
    const values = this.#setters(tree.targetList, relation)
    this.writes.push({ operation: "update", relation, values, positional: false, onConflict: false })
  }

  #delete(tree: Tree): void {
    const relation = this.#resolve(tree.relation as RangeVar)
    if (relation === undefined) return
    this.writes.push({
      operation: "delete",
      relation,
      values: new Map(),
      positional: false,
      onConflict: false,
    })
  }

  #setters(targets: unknown, relation: string): Map<string, Node | undefined> {
    const values = new Map<string, Node | undefined>()
    for (const target of list(targets)) {
      const column = String(at(target, "ResTarget", "name"))
      const value = at(target, "ResTarget", "val")
      values.set(column, value as Node | undefined)
      this.#assign(value, relation, column)
    }
    return values
  }

  #assign(value: unknown, relation: string, column: string): void {
    for (const number of parametersIn(value))
      this.parameters.set(number, { relation, column, use: "assigned" })
  }

  #compare(tree: Tree): void {
    for (const [one, other] of [
      [tree.lexpr, tree.rexpr],
      [tree.rexpr, tree.lexpr],
    ]) {
      const column = this.#columnOf(one)
      if (column === undefined) continue
      for (const number of parametersIn(other)) {
        if (!this.parameters.has(number)) this.parameters.set(number, { ...column, use: "compared" })
      }
    }
  }

  #columnOf(value: unknown): { readonly relation: string; readonly column: string } | undefined {
    const reference = find(value, "ColumnRef")
    const parts = list(reference?.fields).map((part) => at(part, "String", "sval"))
    const column = parts.at(-1)
    if (typeof column !== "string") return undefined
    const alias = parts.at(-2)
    const candidates = typeof alias === "string" ? [this.#aliases.get(alias)] : [...this.relations]
    const relation = candidates.find(
      (name) => name !== undefined && this.#facts.relations[name]?.columns[column] !== undefined,
    )
    return relation === undefined ? undefined : { relation, column }
  }

  #resolve({ schemaname, relname }: RangeVar = {}): string | undefined {
    if (relname === undefined) return undefined
    const { relations } = this.#facts
    if (schemaname !== undefined) {
      const name = qualified({ schema: schemaname, name: relname })
      return relations[name] === undefined ? undefined : name
    }
    const inPublic = qualified({ schema: "public", name: relname })
    if (relations[inPublic] !== undefined) return inPublic
    const ending = `.${qualified({ name: relname })}`
    return Object.keys(relations).find((name) => name.endsWith(ending))
  }
}

/** Calls `visitor` for every object of a tree, with the key under which it stands. */
function each(value: unknown, visitor: (key: string, tree: Tree) => void, key = ""): void {
  if (Array.isArray(value)) for (const inner of value) each(inner, visitor, key)
  else if (typeof value === "object" && value !== null) {
    visitor(key, value as Tree)
    for (const [name, inner] of Object.entries(value)) each(inner, visitor, name)
  }
}

function parametersIn(value: unknown): number[] {
  const numbers: number[] = []
  each(value, (key, tree) => {
    if (key === "ParamRef") numbers.push(Number(tree.number ?? 0))
  })
  return numbers
}

function find(value: unknown, kind: string): Tree | undefined {
  let found: Tree | undefined
  each(value, (key, tree) => {
    if (key === kind) found ??= tree
  })
  return found
}

function at(value: unknown, ...keys: readonly string[]): unknown {
  let inner = value
  for (const key of keys) {
    if (typeof inner !== "object" || inner === null) return undefined
    inner = (inner as Tree)[key]
  }
  return inner
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

/** Tells whether a value in a query is the same in every execution. */
export function isConstant(value: Node | undefined): boolean {
  return value === undefined || (parametersIn(value).length === 0 && find(value, "FuncCall") === undefined)
}

/** Tells whether a value is the word NULL. */
export function isNull(value: Node | undefined): boolean {
  return value !== undefined && "A_Const" in value && value.A_Const.isnull === true
}
