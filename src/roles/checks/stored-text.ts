import type { Access, AttachedRoutine, Relation, Routine } from "../access.ts"
import { basesOf, outcomeOf } from "../body/hazards.ts"
import type { Parser } from "../body/tree.ts"
import type { AccessPath } from "../finding.ts"
import type { Subject } from "../subject.ts"
import { canWrite, rowTypesOf } from "./definers.ts"

/** What runs with the rights of whoever touches a table next: the owner, when it writes, refreshes or looks after it. */
interface Later {
  readonly relation: Relation
  readonly routine: Routine
  readonly says: string
  /** It is given what stands in the relation's rows; a default is not. */
  readonly seesRows: boolean
}

/**
 * Functions with the caller's rights that run what stands in a row, where the role can write the row: with its own rights
 * they do it no good, and with the next one's they do.
 */
export function storedText(subject: Subject, parser: Parser): readonly AccessPath[] {
  const { access } = subject
  return laters(access).flatMap(({ relation, routine, says, seesRows }) => {
    if (routine.definer || subject.holds(relation.owner)) return []
    const own = seesRows ? basesOf(access, relation.oid).filter((name) => canWrite(subject, name)) : []
    const { hazards } = outcomeOf(routine, {
      access,
      parser,
      superuser: false,
      path: undefined,
      temporary: false,
      choosesTable: false,
      rowTypes: (each) => rowTypesOf(subject, each),
    })
    const [hazard] = hazards.filter(
      ({ kind, sources }) =>
        (kind === "text" || kind === "power") &&
        (sources === undefined ? own.length > 0 : sources.some((name) => canWrite(subject, name))),
    )
    if (hazard === undefined) return []
    const written = hazard.sources?.filter((name) => canWrite(subject, name)) ?? own
    const grants = writeGrants(subject, written)
    return [
      {
        id: `stored:${relation.name} ${routine.name}`,
        chain: [
          ...grants
            .slice(0, 1)
            .flatMap(({ grantee, privilege, name }) => [
              ...subject.chainTo(grantee),
              `${subject.nameOf(grantee)} has ${privilege} on ${name}`,
            ]),
          says,
          hazard.says,
          `${subject.nameOf(relation.owner)} runs it the next time it touches ${relation.name}`,
        ],
        fix: fixOf(subject, grants),
      },
    ]
  })
}

const words: Readonly<Record<AttachedRoutine["kind"], string>> = {
  view: "materialized view",
  index: "an index of",
  statistics: "statistics of",
  check: "a check of",
  generated: "a generated column or a key of",
  default: "a default of",
  policy: "a policy of",
}

function laters({ triggers, attached, relations, routines }: Access): readonly Later[] {
  const all = [
    ...triggers.map(({ relation, routine, name }) => ({
      relation,
      routine,
      how: `trigger ${name} of`,
      kind: "",
    })),
    ...attached.map(({ relation, routine, kind }) => ({ relation, routine, how: words[kind], kind })),
  ]
  return all.flatMap(({ relation: oid, routine: called, how, kind }) => {
    const relation = relations.get(oid)
    const routine = routines.get(called)
    if (relation === undefined || routine === undefined) return []
    // Plain views and policies run for whoever reads; row security binds the owner where it is forced.
    if (kind === "view" && relation.kind !== "m") return []
    if (kind === "policy" && !relation.forcesPolicies) return []
    const says = `${how} ${relation.name} runs ${routine.name}`
    return [{ relation, routine, says, seesRows: kind !== "default" }]
  })
}

function writeGrants(subject: Subject, tables: ReturnType<typeof basesOf>) {
  const { relations, schemas } = subject.access
  return [...subject.grants("table"), ...subject.grants("column")].filter(({ oid, privilege }) => {
    const relation = relations.get(oid)
    return (
      relation !== undefined &&
      (privilege === "INSERT" || privilege === "UPDATE") &&
      tables.some(
        ({ schema, name }) =>
          name === relation.relname &&
          (schema === undefined || schema === schemas.get(relation.schema)?.name),
      )
    )
  })
}

/** The function has to be written anew; until then nobody may write what it runs. */
function fixOf(subject: Subject, grants: ReturnType<typeof writeGrants>): string {
  const writer = subject.namedHolding("pg_write_all_data")
  const revokes = grants.map((grant) => subject.revoke(grant))
  if (writer !== undefined) revokes.push(subject.cut(writer.oid))
  return [...new Set(revokes)].join("\n")
}
