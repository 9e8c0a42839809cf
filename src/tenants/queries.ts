import type { Node } from "libpg-query"
import { isRecord } from "../is-record.ts"
import { type TenantRules, tenantColumn } from "./rules.ts"

/** A query as the application issues it. */
export interface AskedQuery {
  readonly name: string
  readonly sql: string
  readonly node: Node | undefined
}

/** A query that takes rows of a tenant table without saying of which tenant. */
export interface UnboundQuery {
  readonly query: string
  readonly sql: string
  /** `schema.table` */
  readonly table: string
  readonly message: string
}

type Tree = Readonly<Record<string, unknown>>

/**
 * Finds queries that read or change rows of tenant tables with no condition on the tenant column: a comparison with a
 * value, or with the tenant column of something that has one. Under row security the server adds the condition, so
 * there is none to ask for.
 *
 * A view counts as the query that it is made of: it may have the condition itself, or hand the column on.
 *
 * @param tables the tenant tables, as `schema.table`
 * @param views queries of views, by `schema.view`
 */
export function unboundQueries(
  queries: readonly AskedQuery[],
  rules: TenantRules,
  tables: readonly string[],
  views: ReadonlyMap<string, Node> = new Map(),
): readonly UnboundQuery[] {
  if (rules.by !== "column") return []
  const column = tenantColumn(rules)
  return queries.flatMap(({ name, sql, node }) => {
    const reader = new Reader(column, new Set(tables), views)
    if (node !== undefined) reader.statement(node as unknown as Tree, [], new Map())
    return [...new Set(reader.unbound())].sort().map((table) => ({
      query: name,
      sql,
      table,
      message: `${verbOf(node)} ${table} without a condition on ${column}`,
    }))
  })
}

function verbOf(node: Node | undefined): string {
  if (node !== undefined && "UpdateStmt" in node) return "changes rows of"
  if (node !== undefined && "DeleteStmt" in node) return "deletes rows of"
  return "takes rows of"
}

/** Something that stands in FROM: a tenant table, another relation, or a subquery with what is inside. */
interface Member {
  readonly alias: string
  /** Of a tenant table. */
  readonly table?: string
  /** Of a subquery or WITH query: bound when all of these are. */
  readonly inside?: readonly Member[]
  bound: boolean
  /** Members that are bound when this one is. */
  readonly binds: Set<Member>
}

type Scope = readonly Member[]
type Named = ReadonlyMap<string, readonly Member[]>

class Reader {
  readonly #column: string
  readonly #tables: ReadonlySet<string>
  readonly #views: ReadonlyMap<string, Node>
  readonly #members: Member[] = []
  /** Of what a query takes rows from, that whose tenant column it hands on. */
  readonly #handedOn = new Map<readonly Member[], readonly Member[]>()

  constructor(column: string, tables: ReadonlySet<string>, views: ReadonlyMap<string, Node>) {
    this.#column = column
    this.#tables = tables
    this.#views = views
  }

  unbound(): string[] {
    for (let changed = true; changed; ) {
      changed = false
      for (const member of this.#members) {
        const { inside } = member
        if (
          !member.bound &&
          inside !== undefined &&
          inside.length > 0 &&
          inside.every(({ bound }) => bound)
        ) {
          member.bound = true
          changed = true
        }
        // A condition on all that is taken from a subquery is one on what the subquery takes.
        const waiting = this.#giversOf(inside).filter(({ bound }) => !bound)
        const users = this.#members.filter((other) => other.inside === inside)
        if (waiting.length > 0 && users.every(({ bound }) => bound)) {
          for (const giver of waiting) giver.bound = true
          changed = true
        }
        if (member.bound)
          for (const other of member.binds)
            if (!other.bound) {
              other.bound = true
              changed = true
            }
      }
    }
    return this.#members.flatMap(({ table, bound }) => (table === undefined || bound ? [] : [table]))
  }

  #giversOf(inside: readonly Member[] | undefined): readonly Member[] {
    if (inside === undefined) return []
    const givers = this.#handedOn.get(inside) ?? []
    return givers.length === 0 && inside.length === 1 ? inside : givers
  }

  /** Reads one statement, and returns the tenant tables and subqueries that it takes rows from. */
  statement(node: Tree, outer: readonly Scope[], named: Named): readonly Member[] {
    const [entry] = Object.entries(node)
    if (entry === undefined) return []
    const [kind, fields] = entry as [string, Tree]
    const withQueries = this.#with(fields.withClause, outer, named)
    switch (kind) {
      case "SelectStmt":
        return this.#select(fields, outer, withQueries)
      case "UpdateStmt":
      case "DeleteStmt":
        return this.#change(fields, outer, withQueries)
      case "MergeStmt":
        return this.#merge(fields, outer, withQueries)
      case "InsertStmt":
        // A row that is given no tenant is refused: the column is NOT NULL.
        if (isRecord(fields.selectStmt)) this.statement(fields.selectStmt, outer, withQueries)
        return []
      case "ExplainStmt":
      case "DeclareCursorStmt":
      case "PrepareStmt":
      case "CreateTableAsStmt":
        return isRecord(fields.query) ? this.statement(fields.query, outer, withQueries) : []
      default:
        return []
    }
  }

  #with(clause: unknown, outer: readonly Scope[], named: Named): Named {
    const all = new Map(named)
    for (const item of listOf(isRecord(clause) ? clause.ctes : undefined)) {
      const cte = isRecord(item) && isRecord(item.CommonTableExpr) ? item.CommonTableExpr : {}
      const name = String(cte.ctename ?? "")
      // A recursive one is a member of itself: what it adds is bound by what it begins with.
      if (isRecord(clause) && clause.recursive === true) all.set(name, [])
      all.set(name, isRecord(cte.ctequery) ? this.statement(cte.ctequery, outer, all) : [])
    }
    return all
  }

  #select(fields: Tree, outer: readonly Scope[], named: Named): readonly Member[] {
    if (isRecord(fields.larg) && isRecord(fields.rarg)) {
      const withQueries = this.#with(fields.withClause, outer, named)
      const arms = [fields.larg, fields.rarg].map((arm) =>
        this.statement({ SelectStmt: arm }, outer, withQueries),
      )
      const taken = arms.flat()
      this.#handedOn.set(
        taken,
        arms.flatMap((arm) => this.#giversOf(arm)),
      )
      return taken
    }
    const scope: Member[] = []
    const conditions: (() => void)[] = []
    for (const item of listOf(fields.fromClause)) this.#from(item, scope, conditions, outer, named)
    const scopes = [scope, ...outer]
    for (const condition of conditions) condition()
    this.#condition(fields.whereClause, scopes, undefined)
    for (const [name, value] of Object.entries(fields))
      if (name !== "fromClause" && name !== "withClause") this.#sublinks(value, scopes, named)
    const taken = scope.filter(({ table, inside }) => table !== undefined || (inside?.length ?? 0) > 0)
    this.#handedOn.set(taken, this.#handed(fields.targetList, scope, taken))
    return taken
  }

  /** `select o.tenant_id`, `select o.*`, `select *`: whose tenant column becomes one of the query's own. */
  #handed(targets: unknown, scope: Scope, taken: readonly Member[]): readonly Member[] {
    const found = listOf(targets).flatMap((target) => {
      const { name, val } = isRecord(target) && isRecord(target.ResTarget) ? target.ResTarget : {}
      const fields = isRecord(val) && isRecord(val.ColumnRef) ? listOf(val.ColumnRef.fields) : []
      const last = fields.at(-1)
      if (isRecord(last) && last.A_Star !== undefined) {
        const alias = fields.length > 1 ? wordOf(fields.at(-2)) : undefined
        return alias === undefined ? taken : taken.filter((member) => member.alias === alias)
      }
      if (name !== undefined && name !== this.#column) return []
      const member = this.#memberOf(val, [scope])
      return member === undefined ? [] : [member]
    })
    return found.filter((member) => taken.includes(member))
  }

  #change(fields: Tree, outer: readonly Scope[], named: Named): readonly Member[] {
    const scope: Member[] = []
    const conditions: (() => void)[] = []
    this.#relation(fields.relation, scope, named)
    for (const item of listOf(fields.fromClause ?? fields.usingClause))
      this.#from(item, scope, conditions, outer, named)
    for (const condition of conditions) condition()
    this.#condition(fields.whereClause, [scope, ...outer], undefined)
    for (const value of [fields.whereClause, fields.targetList, fields.returningList])
      this.#sublinks(value, [scope, ...outer], named)
    return scope.filter(({ table }) => table !== undefined)
  }

  #merge(fields: Tree, outer: readonly Scope[], named: Named): readonly Member[] {
    const scope: Member[] = []
    const conditions: (() => void)[] = []
    this.#relation(fields.relation, scope, named)
    this.#from(fields.sourceRelation, scope, conditions, outer, named)
    for (const condition of conditions) condition()
    this.#condition(fields.joinCondition, [scope, ...outer], undefined)
    this.#sublinks(fields.joinCondition, [scope, ...outer], named)
    return []
  }

  /** Adds what one item of FROM brings; its ON conditions are read once all names are known. */
  #from(
    item: unknown,
    scope: Member[],
    conditions: (() => void)[],
    outer: readonly Scope[],
    named: Named,
  ): readonly Member[] {
    if (!isRecord(item)) return []
    const from = scope.length
    if (isRecord(item.RangeVar)) this.#relation(item.RangeVar, scope, named)
    else if (isRecord(item.RangeSubselect)) {
      const { subquery, alias } = item.RangeSubselect
      const inside = isRecord(subquery) ? this.statement(subquery, [scope, ...outer], named) : []
      this.#add(scope, { alias: aliasOf(alias) ?? "", inside })
    } else if (isRecord(item.JoinExpr)) {
      const { larg, rarg, quals, jointype, usingClause, isNatural } = item.JoinExpr
      const left = this.#from(larg, scope, conditions, outer, named)
      const right = this.#from(rarg, scope, conditions, outer, named)
      // ON of an outer join keeps rows of the other side; of an inner one it is a condition on both.
      const kept =
        jointype === "JOIN_LEFT"
          ? right
          : jointype === "JOIN_RIGHT"
            ? left
            : jointype === "JOIN_FULL"
              ? []
              : undefined
      conditions.push(() => this.#condition(quals, [scope, ...outer], kept))
      const using = listOf(usingClause).some((each) => isRecord(each) && wordOf(each) === this.#column)
      if (using || isNatural === true)
        for (const a of left)
          for (const b of right) {
            if (kept === undefined || kept.includes(b)) a.binds.add(b)
            if (kept === undefined || kept.includes(a)) b.binds.add(a)
          }
      conditions.push(() => this.#sublinks(quals, [scope, ...outer], named))
    }
    return scope.slice(from)
  }

  #relation(value: unknown, scope: Member[], named: Named): void {
    const range = isRecord(value) && isRecord(value.RangeVar) ? value.RangeVar : value
    if (!isRecord(range)) return
    const name = String(range.relname ?? "")
    const alias = aliasOf(range.alias) ?? name
    const cte = range.schemaname === undefined ? named.get(name) : undefined
    if (cte !== undefined) this.#add(scope, { alias, inside: cte })
    else {
      const table = keyOf(this.#tables.keys(), range.schemaname, name)
      const view = table === undefined ? keyOf(this.#views.keys(), range.schemaname, name) : undefined
      const query = view === undefined ? undefined : this.#views.get(view)
      if (query !== undefined)
        this.#add(scope, { alias, inside: this.statement(query as unknown as Tree, [], new Map()) })
      else this.#add(scope, { alias, ...(table === undefined ? {} : { table }) })
    }
  }

  #add(scope: Member[], facts: Pick<Member, "alias" | "table" | "inside">): void {
    const member: Member = { ...facts, bound: false, binds: new Set() }
    scope.push(member)
    this.#members.push(member)
  }

  /** What must hold for every row: the terms of ANDs. A term with OR counts where each of its arms would. */
  #condition(value: unknown, scopes: readonly Scope[], kept: readonly Member[] | undefined): void {
    for (const [members, by] of this.#terms(value, scopes)) {
      for (const member of members) {
        if (kept !== undefined && !kept.includes(member)) continue
        if (by.length === 0) member.bound = true
        for (const other of by) other.binds.add(member)
      }
    }
  }

  /** Pairs: these members are bound, as soon as any of those is; with none, at once. */
  #terms(value: unknown, scopes: readonly Scope[]): readonly (readonly [Member[], Member[]])[] {
    if (!isRecord(value)) return []
    if (isRecord(value.BoolExpr)) {
      const { boolop, args } = value.BoolExpr
      const arms = listOf(args).map((arm) => this.#terms(arm, scopes))
      if (boolop === "AND_EXPR") return arms.flat()
      if (boolop !== "OR_EXPR") return []
      const atOnce = arms.map(
        (terms) => new Set(terms.flatMap(([members, by]) => (by.length === 0 ? members : []))),
      )
      const [first = new Set<Member>(), ...others] = atOnce
      const inAll = [...first].filter((member) => others.every((arm) => arm.has(member)))
      return inAll.map((member) => [[member], []] as const)
    }
    if (!isRecord(value.A_Expr)) return this.#subqueryTerm(value, scopes)
    const { kind, name, lexpr, rexpr } = value.A_Expr
    const compares = ["AEXPR_OP", "AEXPR_OP_ANY", "AEXPR_IN", "AEXPR_NOT_DISTINCT"].includes(String(kind))
    if (!compares || wordOf(listOf(name)[0]) !== "=") return []
    const rows = [rowOf(lexpr), rowOf(rexpr)]
    if (rows[0] !== undefined && rows[1]?.length === rows[0].length)
      return rows[0].flatMap((left, index) => this.#comparison(left, rows[1]?.[index], scopes))
    return this.#comparison(lexpr, rexpr, scopes)
  }

  /** `tenant_id in (select ...)`: bound by what the subquery takes from. */
  #subqueryTerm(value: Tree, scopes: readonly Scope[]): readonly (readonly [Member[], Member[]])[] {
    if (!isRecord(value.SubLink) || value.SubLink.subLinkType !== "ANY_SUBLINK") return []
    const member = this.#memberOf(value.SubLink.testexpr, scopes)
    return member === undefined ? [] : [[[member], []]]
  }

  #comparison(
    left: unknown,
    right: unknown,
    scopes: readonly Scope[],
  ): readonly (readonly [Member[], Member[]])[] {
    const a = this.#memberOf(left, scopes)
    const b = this.#memberOf(right, scopes)
    if (a !== undefined && b !== undefined)
      return [
        [[a], [b]],
        [[b], [a]],
      ]
    const [member, other] = a === undefined ? [b, left] : [a, right]
    return member === undefined || isColumn(other) ? [] : [[[member], []]]
  }

  /** Whose tenant column an expression is. */
  #memberOf(value: unknown, scopes: readonly Scope[]): Member | undefined {
    const bare = isRecord(value) && isRecord(value.TypeCast) ? value.TypeCast.arg : value
    if (!isRecord(bare) || !isRecord(bare.ColumnRef)) return undefined
    const words = listOf(bare.ColumnRef.fields).map(wordOf)
    if (words.at(-1) !== this.#column) return undefined
    const alias = words.at(-2)
    for (const scope of scopes) {
      const found = scope.find((member) =>
        alias === undefined
          ? member.table !== undefined || member.inside !== undefined
          : member.alias === alias,
      )
      if (found !== undefined) return found
    }
    return undefined
  }

  /** Reads subqueries in expressions. */
  #sublinks(value: unknown, scopes: readonly Scope[], named: Named): void {
    if (Array.isArray(value)) for (const item of value) this.#sublinks(item, scopes, named)
    if (!isRecord(value)) return
    for (const [kind, child] of Object.entries(value))
      if (kind === "SubLink" && isRecord(child)) {
        if (isRecord(child.subselect)) this.statement(child.subselect, scopes, named)
        this.#sublinks(child.testexpr, scopes, named)
      } else this.#sublinks(child, scopes, named)
  }
}

/** The key that a name stands for; without a schema, the first of that name. */
function keyOf(keys: Iterable<string>, schema: unknown, name: string): string | undefined {
  for (const key of keys)
    if (typeof schema === "string" ? key === `${schema}.${name}` : key.slice(key.indexOf(".") + 1) === name)
      return key
  return undefined
}

function isColumn(value: unknown): boolean {
  const bare = isRecord(value) && isRecord(value.TypeCast) ? value.TypeCast.arg : value
  return isRecord(bare) && isRecord(bare.ColumnRef)
}

function rowOf(value: unknown): readonly unknown[] | undefined {
  return isRecord(value) && isRecord(value.RowExpr) ? listOf(value.RowExpr.args) : undefined
}

function aliasOf(value: unknown): string | undefined {
  const inner = isRecord(value) && isRecord(value.Alias) ? value.Alias : value
  return isRecord(inner) && typeof inner.aliasname === "string" ? inner.aliasname : undefined
}

function wordOf(value: unknown): string | undefined {
  return isRecord(value) && isRecord(value.String) ? String(value.String.sval ?? "") : undefined
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}
