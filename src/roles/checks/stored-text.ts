import type { Access, Relation, Routine } from "../access.ts"
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
}

/**
 * Functions with the caller's rights that run what stands in a row, where the role can write the row: with its own rights
 * they do it no good, and with the next one's they do.
 */
export function storedText(subject: Subject, parser: Parser): readonly AccessPath[] {
  const { access } = subject
  return laters(access).flatMap(({ relation, routine, says }) => {
    if (routine.definer || subject.holds(relation.owner)) return []
    const written = basesOf(access, relation.oid).filter((name) => canWrite(subject, name))
    if (written.length === 0) return []
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
        (sources === undefined || sources.some((name) => canWrite(subject, name))),
    )
    if (hazard === undefined) return []
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

function laters({ triggers, attached, relations, routines }: Access): readonly Later[] {
  return [
    ...triggers.map(({ relation, routine, name }) => ({ relation, routine, how: `trigger ${name} of` })),
    ...attached.flatMap(({ relation, routine, kind }) => {
      const isView = kind === "view"
      if (kind === "default" || kind === "policy" || (isView && relations.get(relation)?.kind !== "m"))
        return []
      return [
        {
          relation,
          routine,
          how: isView ? "materialized view" : kind === "index" ? "an index of" : "a check of",
        },
      ]
    }),
  ].flatMap(({ relation: oid, routine: called, how }) => {
    const relation = relations.get(oid)
    const routine = routines.get(called)
    return relation === undefined || routine === undefined
      ? []
      : [{ relation, routine, says: `${how} ${relation.name} runs ${routine.name}` }]
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
        ({ schema, name }) => name === relation.relname && schema === schemas.get(relation.schema)?.name,
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
