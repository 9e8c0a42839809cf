import { createHash } from "node:crypto"
import { quoteIdentifier } from "../../sql/identifier.ts"
import type { Routine } from "../access.ts"
import { groupBy, indexOf } from "../access-index.ts"
import type { CallerCheck } from "../body/guards.ts"
import { firesOn, type Hazard, type Outcome, outcomeOf } from "../body/hazards.ts"
import type { WrittenName } from "../body/statement.ts"
import type { Parser } from "../body/tree.ts"
import type { AccessPath } from "../finding.ts"
import { everybody, type Subject } from "../subject.ts"
import type { Writable } from "../writable.ts"

/** One way in which the role gets a function to run. */
interface Door {
  readonly chain: readonly string[]
  /** The role chooses the table that a trigger function is on, and so what it sees of it. */
  readonly choosesTable: boolean
  /** Takes the door away; absent where only the function itself can be changed. */
  readonly close?: string
}

/**
 * SECURITY DEFINER routines that the role can run by any door, and use for more than they were made for.
 *
 * @see PostgreSQL documentation, CREATE FUNCTION, "Writing SECURITY DEFINER Functions Safely"
 */
export function definers(
  subject: Subject,
  writable: readonly Writable[],
  parser: Parser,
): readonly AccessPath[] {
  const opened = [...subject.access.routines.values()].flatMap((routine) => {
    if (!routine.definer || subject.holds(routine.owner)) return []
    const doors = doorsOf(subject, routine, writable)
    return doors.length === 0
      ? []
      : [{ routine, doors, outcome: outcomeFor(subject, routine, doors, parser) }]
  })
  // What one function puts into a table, another one may run.
  const fed = opened.flatMap(({ outcome }) => outcome.writes)
  return opened.flatMap((each) => throughDoors(subject, each, fed))
}

interface Opened {
  readonly routine: Routine
  readonly doors: readonly Door[]
  readonly outcome: Outcome
}

function outcomeFor(subject: Subject, routine: Routine, doors: readonly Door[], parser: Parser): Outcome {
  const { access } = subject
  const owner = access.graph.roles.get(routine.owner)
  return outcomeOf(routine, {
    access,
    parser,
    superuser: owner?.superuser === true,
    path: undefined,
    temporary: subject.temporary,
    choosesTable: doors.some(({ choosesTable }) => choosesTable),
    rowTypes: (each) => rowTypesOf(subject, each),
  })
}

function throughDoors(
  subject: Subject,
  { routine, doors, outcome }: Opened,
  fed: readonly WrittenName[],
): readonly AccessPath[] {
  const hazards = outcome.hazards.filter(
    ({ sources, callers = [] }) =>
      callers.every((check) => passes(subject, check)) &&
      (sources === undefined || sources.some((name) => canWrite(subject, name) || isAmong(fed, name))),
  )
  const [door] = doors
  if (hazards.length === 0 || door === undefined) return []
  return [
    {
      id: `definer:${routine.name}#${digestOf(routine)}`,
      chain: [
        ...door.chain,
        `${routine.name} runs with the rights of ${subject.nameOf(routine.owner)} (SECURITY DEFINER)`,
        ...new Set(hazards.map((hazard) => sayHazard(routine, hazard))),
      ],
      fix: fixOf(subject, routine, doors, hazards),
    },
  ]
}

/** Tells whether the role can be one of those whom a function asks for; whoever it becomes, it has logged in as itself. */
function passes({ access: { graph }, login }: Subject, check: CallerCheck): boolean {
  if (login.superuser) return true
  if ("logins" in check) return check.logins.includes(login.name)
  const members = new Set([login.oid])
  for (const each of members)
    for (const { member, role } of graph.memberships) if (member === each) members.add(role)
  return [...members].some((oid) => graph.roles.get(oid)?.name === check.memberOf)
}

function isAmong(names: readonly WrittenName[], { schema, name }: WrittenName): boolean {
  return names.some(
    (each) =>
      each.name === name && (each.schema === undefined || schema === undefined || each.schema === schema),
  )
}

/** Tells whether the role can put or change rows in a table; a name without a schema may be any of that name. */
export function canWrite(subject: Subject, { schema, name }: WrittenName): boolean {
  if (subject.writesAll) return true
  const { relations, schemas } = subject.access
  // A name that no relation has is one of the rows of a trigger, or of what the function has made itself.
  if (!indexOf(subject.access).relations.has(name)) return true
  return [...subject.grants("table"), ...subject.grants("column")].some(({ oid, privilege }) => {
    const relation = relations.get(oid)
    if (relation?.relname !== name || !["INSERT", "UPDATE"].includes(privilege)) return false
    return schema === undefined || schemas.get(relation.schema)?.name === schema
  })
}

/** Part of the id, so that what was accepted of a function is asked again when the function changes. */
function digestOf({ source, definition, path = [] }: Routine): string {
  return createHash("sha256")
    .update(`${source}\0${definition}\0${path.join(",")}`)
    .digest("hex")
    .slice(0, 8)
}

function sayHazard(routine: Routine, { says, routine: at }: Hazard): string {
  return at === routine ? says : `by way of ${at.name}: ${says}`
}

function doorsOf(subject: Subject, routine: Routine, writable: readonly Writable[]): readonly Door[] {
  return [
    ...callDoors(subject, routine),
    ...triggerDoors(subject, routine, writable),
    ...eventTriggerDoors(subject, routine),
    ...aggregateDoors(subject, routine),
    ...supportDoors(routine),
  ]
}

/** What may be used by naming something else that calls it, with the right of the caller to execute it. */
const callers = new Set([
  "pg_operator",
  "pg_cast",
  "pg_rewrite",
  "pg_attrdef",
  "pg_constraint",
  "pg_policy",
  "pg_class",
])

function callDoors(subject: Subject, routine: Routine): readonly Door[] {
  const grantees = routine.executors.filter((role) => subject.uses(role))
  const [grantee] = grantees
  if (grantee === undefined || routine.returns === "event_trigger") return []
  const isTrigger = routine.returns === "trigger"
  if (isTrigger && !subject.temporary) return []
  const named = subject.sees(routine.schema)
  if (!named && !routine.usedBy.some((kind) => callers.has(kind))) return []
  const close = `REVOKE EXECUTE ON ROUTINE ${routine.name} FROM ${grantees.map((each) => subject.granteeSql(each)).join(", ")};`
  const by = grantee === everybody ? "PUBLIC may execute" : `${subject.nameOf(grantee)} may execute`
  const how = isTrigger
    ? `${by} ${routine.name}, and ${subject.login.name} can put it on a temporary table`
    : named
      ? `${by} ${routine.name}`
      : `${by} ${routine.name}, and an object of the database calls it`
  return [{ chain: [...subject.chainTo(grantee), how], choosesTable: isTrigger, close }]
}

const writesByRelation = new WeakMap<readonly Writable[], ReadonlyMap<number, readonly Writable[]>>()

function writesTo(relation: number, writable: readonly Writable[]): readonly Writable[] {
  const known = writesByRelation.get(writable) ?? groupBy(writable, ({ relation: { oid } }) => oid)
  writesByRelation.set(writable, known)
  return known.get(relation) ?? []
}

/** Nobody needs a right to execute the function of a trigger. */
function triggerDoors(subject: Subject, routine: Routine, writable: readonly Writable[]): readonly Door[] {
  return (indexOf(subject.access).fired.get(routine.oid) ?? []).flatMap((trigger) => {
    const write = writesTo(trigger.relation, writable).find(({ event, column }) =>
      firesOn(trigger, event, column),
    )
    if (write === undefined) return []
    const { name, kind } = write.relation
    const says = `${write.event} on ${name} fires trigger ${trigger.name}, which runs ${routine.name}`
    const quoted = quoteIdentifier(trigger.name)
    // The function would do the same with the rights of whoever writes next, so the trigger has to go.
    const close =
      kind === "v" ? `DROP TRIGGER ${quoted} ON ${name};` : `ALTER TABLE ${name} DISABLE TRIGGER ${quoted};`
    return [{ chain: [...write.chain, says], choosesTable: false, close }]
  })
}

/** Commands that anybody can run: DROP ... IF EXISTS of nothing, GRANT of nothing, one's own default privileges. */
const anybodys = /^(DROP (?!OWNED)|GRANT$|REVOKE$|ALTER DEFAULT PRIVILEGES$|DROP OWNED$|REASSIGN OWNED$)/

function eventTriggerDoors(subject: Subject, routine: Routine): readonly Door[] {
  return subject.access.eventTriggers
    .filter((trigger) => trigger.routine === routine.oid)
    .filter(
      ({ event, tags }) =>
        subject.temporary ||
        event === "login" ||
        (event.startsWith("ddl_command") && (tags === null || tags.some((tag) => anybodys.test(tag)))),
    )
    .map(({ name, event }) => ({
      chain: [
        event === "login"
          ? `event trigger ${name} runs ${routine.name} at every login`
          : `event trigger ${name} runs ${routine.name} for commands that anybody can give (${subject.temporary ? "CREATE TEMP TABLE" : "DROP TABLE IF EXISTS"})`,
      ],
      choosesTable: false,
    }))
}

/** The parts of an aggregate are run with the right of its owner to execute them. */
function aggregateDoors(subject: Subject, routine: Routine): readonly Door[] {
  return routine.aggregates.flatMap((oid) => {
    const aggregate = subject.access.routines.get(oid)
    const grantees = aggregate?.executors.filter((role) => subject.uses(role)) ?? []
    const [grantee] = grantees
    if (aggregate === undefined || grantee === undefined || !subject.sees(aggregate.schema)) return []
    return [
      {
        chain: [
          ...subject.chainTo(grantee),
          `${grantee === everybody ? "PUBLIC" : subject.nameOf(grantee)} may execute the aggregate ${aggregate.name}, a part of which is ${routine.name}`,
        ],
        choosesTable: false,
        close: `REVOKE EXECUTE ON ROUTINE ${aggregate.name} FROM ${grantees.map((each) => subject.granteeSql(each)).join(", ")};`,
      },
    ]
  })
}

/** Functions that index methods, types and conversions use are run without asking for a right. */
const unasked = new Set(["pg_amproc", "pg_type", "pg_range", "pg_conversion", "pg_opfamily", "pg_opclass"])

function supportDoors(routine: Routine): readonly Door[] {
  const [kind] = routine.usedBy.filter((each) => unasked.has(each))
  if (kind === undefined || routine.returns === "trigger") return []
  return [{ chain: [`${routine.name} is run by a type or an index method (${kind})`], choosesTable: false }]
}

/** Columns whose type is the same in all tables that a trigger function is on. */
export function rowTypesOf({ access }: Subject, routine: Routine): ReadonlyMap<string, string> {
  const tables = access.triggers
    .filter((trigger) => trigger.routine === routine.oid)
    .map(({ relation }) => access.columns.get(relation) ?? new Map<string, string>())
  const [first = new Map<string, string>(), ...others] = tables
  return new Map([...first].filter(([name, type]) => others.every((each) => each.get(name) === type)))
}

/**
 * Names can be pinned, where that is all; calls can be taken away; what a trigger runs can only be given back to the
 * caller's rights.
 */
function fixOf(
  subject: Subject,
  routine: Routine,
  doors: readonly Door[],
  hazards: readonly Hazard[],
): string {
  const pinned = [...new Set(hazards.map(({ routine: at }) => (at.path === undefined ? routine : at)))]
  if (hazards.every(({ kind }) => kind === "name")) return pinned.map((each) => pin(subject, each)).join("\n")
  if (hazards.every(({ kind }) => kind === "name" || kind === "chosen-name")) {
    const { name } = subject.access.database
    const grantees = subject
      .grants("database")
      .filter(({ privilege, oid }) => privilege === "TEMPORARY" && oid === subject.access.database.oid)
      .map(({ grantee }) => subject.granteeSql(grantee))
    return `REVOKE TEMPORARY ON DATABASE ${name} FROM ${[...new Set(grantees)].join(", ")};`
  }
  const closes = doors.map(({ close }) => close)
  const isClosed = closes.every((close) => close !== undefined)
  return isClosed ? [...new Set(closes)].join("\n") : `ALTER ROUTINE ${routine.name} SECURITY INVOKER;`
}

/** The path that the routine has, or its own schema and public; temporary objects last. */
function pin({ access }: Subject, routine: Routine): string {
  const own = access.schemas.get(routine.schema)?.name
  const names = routine.path?.filter((name) => name !== "pg_temp") ?? [
    ...(own === undefined || own === "pg_catalog" ? [] : [own]),
    ...([...access.schemas.values()].some(({ name }) => name === "public") && own !== "public"
      ? ["public"]
      : []),
  ]
  const path = [...names, "pg_temp"].map((name) => (name === "$user" ? '"$user"' : quoteIdentifier(name)))
  return `ALTER ROUTINE ${routine.name} SET search_path = ${path.join(", ")};`
}
