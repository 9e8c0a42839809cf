import type { Access, ImpliedRoutine, Relation, Routine, Trigger, WriteEvent } from "../access.ts"
import { indexOf } from "../access-index.ts"
import { type DynamicText, type Names, oneOf, sqlOf } from "./dynamic-text.ts"
import type { CallerCheck } from "./guards.ts"
import { fixedMark, isChosen, withoutMarks } from "./marks.ts"
import { dangerousInternals, powers } from "./powers.ts"
import { readBody } from "./read-body.ts"
import type { BodyContext } from "./routine-body.ts"
import {
  type Call,
  hasOnlyConstants,
  readStatement,
  type StatementFacts,
  type WrittenName,
} from "./statement.ts"
import type { Parser } from "./tree.ts"
import { wordDomains } from "./word-domains.ts"

/** What makes it possible to use a routine for more than it was made for. */
export interface Hazard {
  readonly kind: "text" | "ddl" | "catalog" | "name" | "chosen-name" | "power"
  readonly says: string
  /** Where it is: the routine itself, or one that it calls. */
  readonly routine: Routine
  /** It is one only for those who can write to one of these tables. */
  readonly sources?: readonly WrittenName[]
  /** It is one only for those who pass all of these. */
  readonly callers?: readonly CallerCheck[]
}

/** As whom, and how, a routine runs. */
export interface Surroundings {
  readonly access: Access
  readonly parser: Parser
  /** Whether the one whose rights count is a superuser. */
  readonly superuser: boolean
  /** Schemas that names are looked up in; undefined where the caller sets them. */
  readonly path: readonly string[] | undefined
  /** Whether the caller may make temporary objects. */
  readonly temporary: boolean
  /** Whether the caller chooses the table of a trigger function. */
  readonly choosesTable: boolean
  /** Looks up the columns of the tables that a trigger function is on. */
  readonly rowTypes: (routine: Routine) => ReadonlyMap<string, string>
}

/** What a routine comes to, with all that it calls and sets off. */
export interface Outcome {
  readonly hazards: readonly Hazard[]
  /** Tables that it puts rows into, or changes rows of. */
  readonly writes: readonly WrittenName[]
}

/** Finds the hazards of a routine that runs with the rights of another, and of all that it calls and sets off. */
export function outcomeOf(routine: Routine, surroundings: Surroundings): Outcome {
  const { access, temporary, choosesTable } = surroundings
  // They are the same for every role that differs in nothing else.
  const key = `${routine.oid} ${temporary} ${choosesTable}`
  const known = outcomesByAccess.get(access) ?? new Map<string, Outcome>()
  outcomesByAccess.set(access, known)
  const found = known.get(key) ?? outcome(routine, surroundings)
  known.set(key, found)
  return found
}

const outcomesByAccess = new WeakMap<Access, Map<string, Outcome>>()

function outcome(routine: Routine, surroundings: Surroundings): Outcome {
  const finder = new Finder(surroundings)
  const hazards = [...finder.find(routine, surroundings.path, surroundings.superuser)]
  return { hazards, writes: finder.writes }
}

class Finder {
  readonly #at: Surroundings
  readonly #seen = new Set<string>()
  readonly writes: WrittenName[] = []
  /** Inside of what a relation calls with its own rows. */
  #withRows = false
  /** Who must have logged in for what is looked at to run. */
  #callers: readonly CallerCheck[] = []
  /** Routines whose results are being looked for. */
  readonly #asked = new Set<number>()

  constructor(surroundings: Surroundings) {
    this.#at = surroundings
  }

  *find(routine: Routine, inherited: readonly string[] | undefined, superuser: boolean): Generator<Hazard> {
    const path = routine.path ?? inherited
    const key = `${routine.oid} ${path?.join(",") ?? "?"} ${superuser} ${this.#withRows} ${JSON.stringify(this.#callers)}`
    if (this.#seen.has(key)) return
    this.#seen.add(key)
    if (routine.kind === "a") {
      yield* this.#implied("aggregate", routine.proname, { path, superuser })
      return
    }
    if (routine.language === "internal" || routine.language === "c") {
      if (dangerousInternals.has(routine.source))
        yield { kind: "power", says: `it is ${routine.source} by another name`, routine }
      return
    }
    const body = readBody(routine, this.#at.parser, this.#contextOf(routine))
    if (!body.readable) yield* this.#unread(routine, path)
    const { atomic } = routine
    const inside = body.path === undefined ? path : body.path === "caller" ? undefined : body.path
    const all = body.statements.map(({ facts }) => facts)
    const made = new Set(
      all.flatMap(({ temporary, made: names }) => (temporary ? names.map(({ name }) => name) : [])),
    )
    const texts = body.dynamic.map(({ forms }) => this.#readForms(forms))
    const prepared = [...all, ...texts.flat()].flatMap(({ prepares }) => prepares ?? [])
    const scope = { path: inside, superuser, atomic, made, prepared: new Set(prepared) }
    // Where it sets the path that it is given, pinning another one does not help.
    for (const { facts, names, callers } of body.statements)
      for (const hazard of this.#for(callers, () => this.#statement(routine, facts, { ...scope, names })))
        yield body.path === "caller" && hazard.kind === "name" ? { ...hazard, kind: "chosen-name" } : hazard
    if (!atomic) yield* this.#types(routine, body.types, path)
    for (const type of body.types) yield* this.#implied("type", type.name, scope)
    if (body.cursors.length > 0) yield { kind: "text", says: "it reads a cursor of its caller's", routine }
    if (body.usesAnyType && this.#at.temporary)
      yield {
        kind: "chosen-name",
        says: "its caller can give it a value of a temporary type of its own",
        routine,
      }
    for (const text of body.dynamic)
      yield* this.#for(text.callers, () => this.#dynamic(routine, text, { ...scope, names: text.names }))
  }

  #contextOf(routine: Routine): BodyContext {
    const { access, choosesTable, temporary, rowTypes } = this.#at
    return {
      choosesTable,
      makesObjects: temporary,
      enums: access.enums,
      words: wordDomains(access, this.#at.parser),
      rowTypes: rowTypes(routine),
      resultOf: (name, args) => this.#resultOf(name, args),
    }
  }

  /** What a function of the database gives back for what it is given; the worst of all that bear the name. */
  #resultOf(name: WrittenName, args: readonly DynamicText[]): DynamicText | undefined {
    const results = this.#routinesNamed(name).map((routine) => {
      if (this.#asked.has(routine.oid) || this.#asked.size > 8) return undefined
      this.#asked.add(routine.oid)
      const { result } = readBody(routine, this.#at.parser, { ...this.#contextOf(routine), args })
      this.#asked.delete(routine.oid)
      return result
    })
    const known = results.filter((result) => result !== undefined)
    return known.length === results.length && known.length > 0 ? oneOf(known) : undefined
  }

  #routinesNamed({ schema, name }: WrittenName): readonly Routine[] {
    const { access } = this.#at
    const found = indexOf(access).routines.get(name) ?? []
    return schema === undefined
      ? found
      : found.filter((each) => access.schemas.get(each.schema)?.name === schema)
  }

  /** What is found while only some callers come so far. */
  *#for(callers: readonly CallerCheck[], find: () => Generator<Hazard>): Generator<Hazard> {
    const outer = this.#callers
    this.#callers = [...outer, ...callers]
    for (const hazard of [...find()])
      yield callers.length === 0 ? hazard : { ...hazard, callers: [...callers, ...(hazard.callers ?? [])] }
    this.#callers = outer
  }

  *#dynamic(routine: Routine, { safe, forms, sources }: DynamicText, scope: Scope): Generator<Hazard> {
    if (sources !== undefined)
      yield { kind: "text", says: `it runs SQL from ${namesOf(sources)}`, routine, sources }
    if (!safe) yield { kind: "text", says: "it runs SQL that its caller can write", routine }
    else for (const form of forms) yield* this.#text(routine, form, scope)
  }

  #readForms(forms: readonly string[]): readonly StatementFacts[] {
    return forms.flatMap((form) => (this.#at.parser.sql(form) ?? []).map(readStatement))
  }

  /** A body that no parser reads: what it looks like counts. */
  *#unread(routine: Routine, path: readonly string[] | undefined): Generator<Hazard> {
    const { source, language } = routine
    const isOurs = language === "sql" || language === "plpgsql"
    const runsSql = /\b(execute|spi_\w+|plpy\.(execute|prepare|cursor)|plv8\.execute|query)\b/i.test(source)
    const isConstant = /\b(spi_\w+|plpy\.\w+|plv8\.execute)\s*\(?\s*(["'])[^"'$%]*\2\s*[,)]/i.test(source)
    if (runsSql && !isConstant) yield { kind: "text", says: "it runs SQL that it puts together", routine }
    else if ((runsSql || isOurs) && this.#at.temporary && !endsInTemp(path))
      yield { kind: "name", says: "its names can mean temporary objects of the caller", routine }
  }

  /** A statement that is put together, as it would be run. */
  *#text(routine: Routine, text: string, scope: Scope): Generator<Hazard> {
    const statements = this.#at.parser.sql(text)
    if (statements !== undefined)
      for (const statement of statements)
        yield* this.#statement(routine, readStatement(statement), { ...scope, atomic: false })
    else if (/\b(create|alter|drop|grant|revoke|reassign|comment)\b/i.test(text))
      yield { kind: "ddl", says: `it puts a statement together: ${shown(text)}`, routine }
    else if (this.#at.temporary && isChosen(text))
      yield { kind: "chosen-name", says: `its caller chooses a name in: ${shown(text)}`, routine }
  }

  *#statement(routine: Routine, statement: StatementFacts, scope: Scope): Generator<Hazard> {
    const { ddl, made, temporary, relations, types, writes, calls, operators } = statement
    const isOfSession = temporary || (made.length > 0 && made.every(({ name }) => scope.made.has(name)))
    if (ddl !== undefined && !isOfSession) yield { kind: "ddl", says: `it runs ${ddl} ...`, routine }
    const named = relations.filter(({ name }) => !scope.made.has(name))
    if (!scope.atomic) {
      yield* this.#relations(routine, named, scope.path)
      yield* this.#types(routine, types, scope.path)
    }
    for (const { target, event } of writes) yield* this.#write(routine, target, event, scope)
    for (const name of named) {
      const isWritten = writes.some(
        ({ target }) => target.name === name.name && target.schema === name.schema,
      )
      for (const relation of this.#relationsNamed(name)) yield* this.#attached(relation.oid, isWritten, scope)
    }
    for (const call of calls) yield* this.#call(routine, call, scope)
    for (const { name } of operators) yield* this.#implied("operator", name, scope)
    for (const { name } of types) yield* this.#implied("type", name, scope)
    yield* this.#ofSession(routine, statement, scope)
  }

  /** Statements and cursors of the session are whoever's made them; programs run what they are sent. */
  *#ofSession(routine: Routine, statement: StatementFacts, scope: Scope): Generator<Hazard> {
    const { executes, fetches, program, relations } = statement
    if (executes !== undefined && !scope.prepared.has(executes))
      yield { kind: "text", says: "it runs a statement that its caller can prepare", routine }
    if (fetches !== undefined && !scope.prepared.has(fetches))
      yield { kind: "text", says: "it reads a cursor of its caller's", routine }
    if (program !== undefined && interpreters.test(program) && relations.length > 0)
      yield {
        kind: "power",
        says: `it sends the rows of ${namesOf(relations)} to a program: ${shown(program)}`,
        routine,
        sources: relations,
      }
  }

  /** What an operator, a conversion to a type, a domain's check or a part of an aggregate runs. */
  *#implied(
    kind: ImpliedRoutine["kind"],
    name: string,
    scope: Pick<Scope, "path" | "superuser">,
  ): Generator<Hazard> {
    const { access } = this.#at
    for (const each of indexOf(access).implied.get(`${kind} ${name}`) ?? []) {
      const routine = access.routines.get(each.routine)
      if (routine !== undefined) yield* this.#enter(routine, scope)
    }
  }

  /** Temporary relations come first in every path that does not name pg_temp, the empty one included. */
  *#relations(
    routine: Routine,
    names: readonly WrittenName[],
    path: readonly string[] | undefined,
  ): Generator<Hazard> {
    if (!this.#at.temporary) return
    for (const { schema, name } of names) {
      if (schema === undefined ? isChosen(name) : isChosen(schema) || schema === "pg_temp")
        yield {
          kind: "chosen-name",
          says: "its caller can name a temporary table or view of its own",
          routine,
        }
      else if (schema === undefined && !name.includes(fixedMark) && !this.#isBefore("relation", name, path))
        yield {
          kind: "name",
          says: `"${name}" can be a temporary table or view of the caller (${pathText(path)})`,
          routine,
        }
    }
  }

  *#types(
    routine: Routine,
    names: readonly WrittenName[],
    path: readonly string[] | undefined,
  ): Generator<Hazard> {
    if (!this.#at.temporary) return
    for (const { schema, name } of names)
      if (isChosen(`${schema ?? ""} ${name}`) && (schema === undefined || isChosen(schema)))
        yield { kind: "chosen-name", says: "its caller can name a temporary domain of its own", routine }
      else if (schema === undefined && !this.#isBefore("type", name, path))
        yield {
          kind: "name",
          says: `the type "${name}" can be a temporary domain of the caller (${pathText(path)})`,
          routine,
        }
  }

  /** Tells whether a name is found before pg_temp is looked at. */
  #isBefore(what: "relation" | "type", name: string, path: readonly string[] | undefined): boolean {
    if (path === undefined) return false
    const temp = path.indexOf("pg_temp")
    if (temp === -1) return false
    const before = path.slice(0, temp)
    const schemas = before.includes("pg_catalog") ? before : ["pg_catalog", ...before]
    return schemas.some((schema) => this.#has(what, schema, name))
  }

  #has(what: "relation" | "type", schemaName: string, name: string): boolean {
    const { access } = this.#at
    const schema = indexOf(access).schemas.get(schemaName)?.oid
    if (schema === undefined) return false
    if (what === "type") return access.types.get(schema)?.has(name) === true
    return (
      indexOf(access)
        .relations.get(name)
        ?.some((each) => each.schema === schema) === true
    )
  }

  #relationsNamed({ schema, name }: WrittenName): readonly Relation[] {
    const { access } = this.#at
    const found = indexOf(access).relations.get(name) ?? []
    return schema === undefined
      ? found
      : found.filter((each) => access.schemas.get(each.schema)?.name === schema)
  }

  /**
   * What a relation's own definition calls: a view's columns, checks, policies, indexes. What is in its rows is given to
   * it, so it matters to those who can write there; what the routine itself writes, to everybody.
   */
  *#attached(oid: number, isWritten: boolean, scope: Scope): Generator<Hazard> {
    const { access } = this.#at
    const key = `relation ${oid} ${isWritten} ${scope.superuser}`
    if (this.#seen.has(key)) return
    this.#seen.add(key)
    const tables = isWritten ? undefined : basesOf(access, oid)
    for (const { routine } of indexOf(access).attached.get(oid) ?? []) {
      const called = access.routines.get(routine)
      if (called === undefined) continue
      const outer = this.#withRows
      this.#withRows = !isWritten
      for (const hazard of [...this.#enter(called, scope)])
        yield tables !== undefined && (hazard.kind === "text" || hazard.kind === "power")
          ? { ...hazard, sources: [...(hazard.sources ?? []), ...tables] }
          : hazard
      this.#withRows = outer
    }
    for (const relation of indexOf(access).reads.get(oid) ?? []) yield* this.#attached(relation, false, scope)
  }

  *#write(routine: Routine, target: WrittenName, event: WriteEvent, scope: Scope): Generator<Hazard> {
    if (scope.superuser && this.#isCatalog(target))
      yield {
        kind: "catalog",
        says:
          isChosen(target.name) && target.schema === undefined
            ? "it writes into a table that its caller names, catalogs included"
            : `it writes into the catalog ${target.name}`,
        routine,
      }
    const { access } = this.#at
    if (event === "INSERT" || event === "UPDATE") this.writes.push(target)
    for (const { oid } of this.#relationsNamed(target)) {
      for (const trigger of indexOf(access).triggers.get(oid) ?? []) {
        const fired = access.routines.get(trigger.routine)
        if (firesOn(trigger, event) && fired !== undefined) yield* this.#enter(fired, scope)
      }
    }
  }

  #isCatalog({ schema, name }: WrittenName): boolean {
    if (schema !== undefined) return schema === "pg_catalog" || isChosen(schema)
    if (isChosen(name)) return true
    return this.#has("relation", "pg_catalog", name)
  }

  *#call(routine: Routine, call: Call, scope: Scope): Generator<Hazard> {
    yield* this.#power(routine, call, scope)
    if (isChosen(call.name))
      yield { kind: "text", says: "its caller chooses the function that it calls", routine }
    const isConstant = hasOnlyConstants(call) && call.arguments.length > 0
    // What is written down is not the caller's, and what it does is done.
    for (const called of this.#routinesNamed(call))
      for (const hazard of [...this.#enter(called, scope)])
        if (!isConstant || hazard.sources !== undefined || !["text", "power"].includes(hazard.kind))
          yield hazard
  }

  /** A routine that is called from here: with its owner's rights where it says so, else with the same. */
  #enter(called: Routine, { path, superuser }: Pick<Scope, "path" | "superuser">): Generator<Hazard> {
    const owner = this.#at.access.graph.roles.get(called.owner)
    return this.find(called, path, called.definer ? owner?.superuser === true : superuser)
  }

  *#power(routine: Routine, { name, schema, arguments: args }: Call, scope: Scope): Generator<Hazard> {
    const power = powers.get(name)
    if (power === undefined || (power.schema !== undefined && power.schema !== schema)) return
    if (power.count !== undefined && power.count !== args.length) return
    const [first, last] = power.arguments
    const texts = args.slice(first, last).map((each) => sqlOf(each, scope.names))
    if (power.reads === true) {
      const isOpen = texts.some(({ safe, forms }) => !safe || forms.some(isChosen))
      if (isOpen && this.#at.temporary)
        yield {
          kind: "chosen-name",
          says: `its caller can have ${name}() read a temporary view of its own`,
          routine,
        }
    } else if (texts.some(({ safe }) => !safe))
      yield { kind: "power", says: `it passes what its caller gives to ${name}()`, routine }
    else if (power.runs)
      for (const { forms } of texts) for (const form of forms) yield* this.#text(routine, form, scope)
  }
}

interface Scope {
  readonly path: readonly string[] | undefined
  readonly superuser: boolean
  readonly names: Names
  readonly atomic: boolean
  /** Names of what the routine itself makes as temporary. */
  readonly made: ReadonlySet<string>
  /** Names of statements that it prepares and cursors that it declares itself. */
  readonly prepared: ReadonlySet<string>
}

/** Programs that run what they read. */
const interpreters =
  /(^|[\s/|;&("'])((ba|da|z|k|c)?sh|psql|python[\d.]*|perl|ruby|node|php|lua|tclsh|g?awk|xargs|parallel|at|batch|eval|source)\b/

/** The tables that a relation's rows come from: those of a view, or itself. */
export function basesOf(access: Access, oid: number): readonly WrittenName[] {
  const { reads } = indexOf(access)
  const found = new Set([oid])
  for (const each of found) for (const next of reads.get(each) ?? []) found.add(next)
  return [...found].flatMap((each) => {
    const relation = access.relations.get(each)
    const schema = relation === undefined ? undefined : access.schemas.get(relation.schema)?.name
    return relation === undefined || schema === undefined ? [] : [{ schema, name: relation.relname }]
  })
}

/** @see PostgreSQL source, src/include/catalog/pg_trigger.h */
export function firesOn({ bits, columns }: Trigger, event: WriteEvent, column?: string): boolean {
  if ((bits & { INSERT: 4, DELETE: 8, UPDATE: 16, TRUNCATE: 32 }[event]) === 0) return false
  return event !== "UPDATE" || column === undefined || columns.length === 0 || columns.includes(column)
}

function namesOf(names: readonly WrittenName[]): string {
  return [
    ...new Set(names.map(({ schema, name }) => (schema === undefined ? name : `${schema}.${name}`))),
  ].join(", ")
}

function endsInTemp(path: readonly string[] | undefined): boolean {
  return path?.at(-1) === "pg_temp"
}

function pathText(path: readonly string[] | undefined): string {
  if (path === undefined) return "its search path is the caller's"
  if (path.length === 0) return "pg_temp comes first in an empty search path"
  if (!path.includes("pg_temp")) return "pg_temp comes first where the search path does not name it"
  return "it is found nowhere before pg_temp in its search path"
}

function shown(text: string): string {
  const line = withoutMarks(text).replace(/\s+/g, " ").trim()
  return line.length > 80 ? `${line.slice(0, 77)}...` : line
}
