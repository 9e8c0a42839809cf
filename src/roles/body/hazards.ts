import type { Access, AttachedRoutine, Relation, Routine, Schema, Trigger, WriteEvent } from "../access.ts"
import { fixedMark, nameMark, textOf } from "./dynamic-text.ts"
import { type BodyContext, type RoutineBody, readBody } from "./read-body.ts"
import {
  type Call,
  hasOnlyConstants,
  readStatement,
  type StatementFacts,
  type WrittenName,
} from "./statement.ts"
import type { Parser } from "./tree.ts"

/** What makes it possible to use a routine for more than it was made for. */
export interface Hazard {
  readonly kind: "text" | "ddl" | "catalog" | "name" | "chosen-name" | "power"
  readonly says: string
  /** Where it is: the routine itself, or one that it calls. */
  readonly routine: Routine
  /** It is one only for those who can write to one of these tables. */
  readonly sources?: readonly WrittenName[]
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

  constructor(surroundings: Surroundings) {
    this.#at = surroundings
  }

  *find(routine: Routine, inherited: readonly string[] | undefined, superuser: boolean): Generator<Hazard> {
    const path = routine.path ?? inherited
    const key = `${routine.oid} ${path?.join(",") ?? "?"} ${superuser} ${this.#withRows}`
    if (this.#seen.has(key)) return
    this.#seen.add(key)
    if (routine.language === "internal" || routine.language === "c") {
      if (dangerousInternals.has(routine.source))
        yield { kind: "power", says: `it is ${routine.source} by another name`, routine }
      return
    }
    const { access, parser, choosesTable, temporary, rowTypes } = this.#at
    const context: BodyContext = {
      choosesTable,
      makesObjects: temporary,
      enums: access.enums,
      rowTypes: rowTypes(routine),
    }
    const body = readBody(routine, parser, context)
    if (!body.readable) yield* this.#unread(routine, path)
    const atomic = routine.atomic
    const made = new Set(
      body.statements.flatMap(({ temporary: is, made: names }) => (is ? names.map(({ name }) => name) : [])),
    )
    for (const statement of body.statements)
      yield* this.#statement(routine, statement, { path, superuser, body, atomic, made })
    if (!atomic) yield* this.#types(routine, body.types, path)
    for (const { safe, forms, sources } of body.dynamic) {
      if (sources !== undefined)
        yield { kind: "text", says: `it runs SQL from ${namesOf(sources)}`, routine, sources }
      if (!safe) yield { kind: "text", says: "it runs SQL that its caller can write", routine }
      else for (const form of forms) yield* this.#text(routine, form, { path, superuser, body, atomic, made })
    }
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
    else if (this.#at.temporary && text.includes(nameMark))
      yield { kind: "chosen-name", says: `its caller chooses a name in: ${shown(text)}`, routine }
  }

  *#statement(routine: Routine, statement: StatementFacts, scope: Scope): Generator<Hazard> {
    const { ddl, made, temporary, relations, types, writes, calls } = statement
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
  }

  /** Temporary relations come first in every path that does not name pg_temp, the empty one included. */
  *#relations(
    routine: Routine,
    names: readonly WrittenName[],
    path: readonly string[] | undefined,
  ): Generator<Hazard> {
    if (!this.#at.temporary) return
    for (const { schema, name } of names) {
      if (schema === undefined ? name.includes(nameMark) : schema.includes(nameMark) || schema === "pg_temp")
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
      if (schema === undefined && !this.#isBefore("type", name, path))
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
          target.name.includes(nameMark) && target.schema === undefined
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
    if (schema !== undefined) return schema === "pg_catalog" || schema.includes(nameMark)
    if (name.includes(nameMark)) return true
    return this.#has("relation", "pg_catalog", name)
  }

  *#call(routine: Routine, call: Call, scope: Scope): Generator<Hazard> {
    yield* this.#power(routine, call, scope)
    if (call.name.includes(nameMark))
      yield { kind: "text", says: "its caller chooses the function that it calls", routine }
    if (hasOnlyConstants(call) && call.arguments.length > 0) return
    const { access } = this.#at
    for (const called of indexOf(access).routines.get(call.name) ?? [])
      if (call.schema === undefined || access.schemas.get(called.schema)?.name === call.schema)
        yield* this.#enter(called, scope)
  }

  /** A routine that is called from here: with its owner's rights where it says so, else with the same. */
  #enter(called: Routine, { path, superuser }: Scope): Generator<Hazard> {
    const owner = this.#at.access.graph.roles.get(called.owner)
    return this.find(called, path, called.definer ? owner?.superuser === true : superuser)
  }

  *#power(routine: Routine, { name, schema, arguments: args }: Call, scope: Scope): Generator<Hazard> {
    const power = powers.get(name)
    if (power === undefined || (power.schema !== undefined && power.schema !== schema)) return
    const [first, last] = power.arguments
    const texts = args.slice(first, last).map((each) => textOf(each, scope.body.names))
    if (texts.some(({ safe }) => !safe))
      yield { kind: "power", says: `it passes what its caller gives to ${name}()`, routine }
    else if (power.runs)
      for (const { forms } of texts) for (const form of forms) yield* this.#text(routine, form, scope)
  }
}

interface Scope {
  readonly path: readonly string[] | undefined
  readonly superuser: boolean
  readonly body: RoutineBody
  readonly atomic: boolean
  /** Names of what the routine itself makes as temporary. */
  readonly made: ReadonlySet<string>
}

interface Power {
  /** Which of its arguments must not come from the caller, as for `slice`. */
  readonly arguments: readonly [number, number?]
  /** They are run as SQL. */
  readonly runs: boolean
  /** Only under this schema; the name alone is too common. */
  readonly schema?: string
}

const runs = (...range: readonly [number, number?]): Power => ({ arguments: range, runs: true })
const does = (...range: readonly [number, number?]): Power => ({ arguments: range, runs: false })

/** Functions that do more than compute with what they are given. */
const powers: ReadonlyMap<string, Power> = new Map([
  ["query_to_xml", runs(0, 1)],
  ["query_to_xmlschema", runs(0, 1)],
  ["query_to_xml_and_xmlschema", runs(0, 1)],
  ["ts_stat", runs(0, 1)],
  ["crosstab", runs(0, 2)],
  ["crosstab2", runs(0, 1)],
  ["crosstab3", runs(0, 1)],
  ["crosstab4", runs(0, 1)],
  ["connectby", does(0)],
  ["xpath_table", does(0)],
  ["dblink", does(0)],
  ["dblink_exec", does(0)],
  ["dblink_open", does(0)],
  ["dblink_send_query", does(0)],
  ["dblink_connect", does(0)],
  ["dblink_connect_u", does(0)],
  ["schedule", { ...does(0), schema: "cron" }],
  ["schedule_in_database", { ...does(0), schema: "cron" }],
  ["set_config", does(0, 1)],
  ["lo_export", does(0)],
  ["pg_file_write", does(0)],
  ["pg_file_rename", does(0)],
  ["pg_file_unlink", does(0)],
])

const dangerousInternals = new Set([
  "be_lo_export",
  "query_to_xml",
  "query_to_xml_and_xmlschema",
  "dblink_connect_u",
  "dblink_exec",
  "dblink_record",
  "pg_file_write",
  "pg_file_write_v1_1",
])

/** What is looked up again and again, by its name. */
interface Index {
  readonly schemas: ReadonlyMap<string, Schema>
  readonly relations: ReadonlyMap<string, readonly Relation[]>
  readonly routines: ReadonlyMap<string, readonly Routine[]>
  readonly triggers: ReadonlyMap<number, readonly Trigger[]>
  /** Triggers by their function. */
  readonly fired: ReadonlyMap<number, readonly Trigger[]>
  readonly attached: ReadonlyMap<number, readonly AttachedRoutine[]>
  readonly reads: ReadonlyMap<number, readonly number[]>
}

const indexes = new WeakMap<Access, Index>()

export function indexOf(access: Access): Index {
  const known = indexes.get(access)
  if (known !== undefined) return known
  const index: Index = {
    schemas: new Map([...access.schemas.values()].map((schema) => [schema.name, schema])),
    relations: groupBy(access.relations.values(), ({ relname }) => relname),
    routines: groupBy(access.routines.values(), ({ proname }) => proname),
    triggers: groupBy(access.triggers, ({ relation }) => relation),
    fired: groupBy(access.triggers, ({ routine }) => routine),
    attached: groupBy(access.attached, ({ relation }) => relation),
    reads: new Map(
      [...groupBy(access.reads, ({ view }) => view)].map(([view, items]) => [
        view,
        items.map(({ relation }) => relation),
      ]),
    ),
  }
  indexes.set(access, index)
  return index
}

export function groupBy<Key, Item>(items: Iterable<Item>, keyOf: (item: Item) => Key): Map<Key, Item[]> {
  const groups = new Map<Key, Item[]>()
  for (const item of items) {
    const key = keyOf(item)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [item])
    else group.push(item)
  }
  return groups
}

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
  const line = text
    .replaceAll(nameMark, "...")
    .replaceAll(fixedMark, "...")
    .replaceAll("\uE001", "...")
    .replace(/\s+/g, " ")
    .trim()
  return line.length > 80 ? `${line.slice(0, 77)}...` : line
}
