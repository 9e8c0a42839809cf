import { findLedgers } from "../adopt/find-ledgers.ts"
import { readVitals } from "../deploy/vitals.ts"
import { ToolError } from "../diagnostic.ts"
import { describeChanges } from "../diff/object-change.ts"
import { readEvents } from "../history/log.ts"
import { appliedHeads } from "../revisions/resolve.ts"
import type { Revision } from "../revisions/revision.ts"
import { checkHistory, checkInFlight } from "../runner/checks.ts"
import { compareFingerprint } from "../runner/fingerprint.ts"
import { databaseOf, openTarget, type Target } from "../runner/target.ts"
import type { ScratchOptions } from "../scratch/scratch.ts"
import { checkOptions, type OptionKinds, projectKinds, targetKinds } from "./check-options.ts"
import { openLineage } from "./lineage.ts"
import type { ProjectOptions, TargetOptions } from "./options.ts"
import { openProject, type Project } from "./project.ts"

export interface DoctorOptions extends ProjectOptions, TargetOptions {
  /** Where revisions are replayed to be compared with the catalog. Default: the embedded server. */
  readonly scratch?: ScratchOptions
  /** Compares the catalog with what the history leads to, on scratch where no fingerprint says enough. Default: true. */
  readonly compare?: boolean
}

export const doctorKinds: OptionKinds<DoctorOptions> = {
  ...projectKinds,
  ...targetKinds,
  scratch: "object",
  compare: "flag",
}

/** What `repair` does about something. */
export type Repair =
  | { readonly kind: "stamp"; readonly to: readonly string[] }
  | { readonly kind: "sql"; readonly sql: string }

/** One way out. */
export interface Remedy {
  /** A command or a statement, as it is typed. */
  readonly run: string
  readonly says: string
  /** Set where `lockstep repair` does it. */
  readonly repair?: Repair
}

/** Something that is not as it should be. */
export interface Ailment {
  readonly name: string
  readonly evidence: string
  readonly details: readonly string[]
  /** The best way out first. */
  readonly remedies: readonly Remedy[]
}

export interface DoctorResult {
  readonly database: string
  readonly environment?: string
  readonly healthy: boolean
  readonly ailments: readonly Ailment[]
}

/**
 * Explains what is wrong with a database and its history, and proposes what to do; changes nothing. Where history and
 * catalog do not agree, the revision is looked for whose catalog the database has.
 *
 * @throws ToolError what `openTarget` throws where the database cannot be reached, and what reading the folder throws
 */
export async function doctor(options: DoctorOptions = {}): Promise<DoctorResult> {
  checkOptions(options, doctorKinds)
  const project = await openProject(options)
  const target = await openTarget({ ...options, anyEnvironment: true, command: "doctor", writes: false })
  try {
    const ailments: Ailment[] = []
    if (target.history.format === 0) ailments.push(...(await withoutHistory(project, target)))
    else {
      const disagreements = compareFolder(project, target)
      ailments.push(...disagreements)
      if (disagreements.length === 0) ailments.push(...(await compareCatalog(project, target, options)))
      ailments.push(...(await lastFailure(project, target)))
    }
    ailments.push(...(await bodily(target)))
    return { ...databaseOf(target), healthy: ailments.length === 0, ailments }
  } finally {
    await target.close()
  }
}

/** What folder and history say against each other, each with its ways out. */
function compareFolder({ folder }: Project, { history }: Target): readonly Ailment[] {
  const { graph } = folder
  const applied = new Set(history.applied.keys())
  const found = [...checkHistory(graph, history, "error"), ...checkInFlight(folder, history)].map(
    ({ code, message, details = [], hint, subject }): Ailment => ({
      name: code,
      evidence: message,
      details,
      remedies: remediesOf(code, subject, hint),
    }),
  )
  const begun = history.inFlight.filter(({ id }) => !found.some(({ evidence }) => evidence.includes(id)))
  const heads = appliedHeads(graph, applied)
  return [
    ...found,
    ...begun.map(
      ({ id, direction, stepsDone }): Ailment => ({
        name: "revision-in-flight",
        evidence: `${direction === "up" ? "applying" : "undoing"} ${id} was interrupted after ${stepsDone} of its steps`,
        details: [],
        remedies: [
          direction === "up"
            ? { run: "lockstep deploy", says: "goes on where it stopped; what a step left is looked up" }
            : { run: "lockstep downgrade -1", says: "goes on where it stopped" },
        ],
      }),
    ),
    ...(heads.length > 1 && graph.heads.length > 1
      ? [
          {
            name: "two-heads",
            evidence: `the database is at ${heads.map(({ id }) => id).join(" and ")}, which nothing joins`,
            details: [],
            remedies: [
              {
                run: `lockstep merge ${heads.map(({ id }) => id).join(" ")}`,
                says: "writes a revision that joins them",
              },
            ],
          },
        ]
      : []),
  ]
}

function remediesOf(code: string, subject: string | undefined, hint: string | undefined): readonly Remedy[] {
  const because = '--because "..."'
  switch (code) {
    case "revision-edited":
      return [
        {
          run: "git log -p -- <file>",
          says: "restore the text that ran, and put the change into a new revision",
        },
        {
          run: `lockstep stamp --accept-checksum ${subject} ${because}`,
          says: "where both texts mean the same",
        },
      ]
    case "revision-missing":
      return [
        {
          run: "git checkout <branch> -- migrations",
          says: "restore the files from the branch that has them",
        },
        {
          run: `lockstep stamp --forget ${subject} ${because}`,
          says: "where the revision will never come back, and what it did is undone",
        },
      ]
    case "database-ahead":
      return [
        {
          run: "lockstep bundle --verify",
          says: "in the image: are all files there? deploy a build that holds them",
        },
      ]
    default:
      return hint === undefined ? [] : [{ run: hint, says: "as the error says" }]
  }
}

/** Whether the catalog is what the history leads to, and if not, which revision it is at instead. */
async function compareCatalog(
  project: Project,
  target: Target,
  options: DoctorOptions,
): Promise<readonly Ailment[]> {
  const { history, connection, schema } = target
  if (options.compare === false || history.inFlight.length > 0) return []
  if ((await compareFingerprint(connection, schema, history)) === "same") return []
  const { graph } = project.folder
  const applied = graph.revisions.filter(({ id }) => history.applied.has(id))
  await using lineage = await openLineage(project, options)
  const changes = await lineage.differenceTo(applied)
  if (changes.length === 0) return []
  const position = applied.length
  const matching: number[] = []
  let index = 0
  for await (const { changes: left } of lineage.replay(graph.revisions)) {
    index += 1
    if (left.length === 0) matching.push(index)
  }
  const nearest = matching.sort((a, b) => Math.abs(a - position) - Math.abs(b - position))[0]
  if (nearest !== undefined) return [elsewhere(graph.revisions, nearest, position)]
  return [
    {
      name: "drift",
      evidence: "the catalog is that of no revision: somebody changed it outside of Lockstep",
      details: describeChanges(changes).slice(0, 20),
      remedies: [
        { run: "lockstep drift --sql", says: "prints the SQL that takes it back" },
        { run: "lockstep generate", says: "writes the change as a revision, where it is wanted" },
      ],
    },
  ]
}

function elsewhere(revisions: readonly Revision[], found: number, position: number): Ailment {
  const revision = revisions[found - 1] as Revision
  const behind = found > position
  const stamp: Remedy = {
    run: `lockstep stamp ${revision.id} --because "..."`,
    says: behind
      ? "records them as applied; the catalog is compared first"
      : "records what really is there; then lockstep deploy applies the rest",
    repair: { kind: "stamp", to: [revision.id] },
  }
  const between = revisions.slice(Math.min(found, position), Math.max(found, position))
  const ids = between.map(({ id, title }) => `${id} ${title}`).slice(0, 20)
  return behind
    ? {
        name: "history-behind",
        evidence: `the catalog is that of ${revision.id}, but the history does not say so: applied out of band`,
        details: ids.map((id) => `there, and not recorded: ${id}`),
        remedies: [stamp],
      }
    : {
        name: "schema-behind",
        evidence: `the history says more than is there: the catalog is that of ${revision.id}`,
        details: ids.map((id) => `recorded, and not there: ${id}`),
        remedies: [stamp],
      }
}

async function withoutHistory(
  { folder }: Project,
  { connection, schema, facts }: Target,
): Promise<readonly Ailment[]> {
  const survey = await findLedgers(connection, schema)
  const ledgers = survey.ledgers.map(({ table, ledger }) => `${ledger.tool} (${table})`)
  const { tables } = survey
  if (tables === 0 && ledgers.length === 0) return []
  if (ledgers.length > 0)
    return [
      {
        name: "other-tool",
        evidence: `${facts.database} has the history of another tool: ${ledgers.join(", ")}`,
        details: [],
        remedies: [
          {
            run: "lockstep adopt",
            says: "takes it over: what is applied counts as applied, nothing runs again",
          },
        ],
      },
    ]
  return [
    {
      name: "no-history",
      evidence: `${facts.database} has ${tables} tables and no history, and the folder ${folder.count} revisions`,
      details: [],
      remedies: [
        {
          run: "lockstep adopt",
          says: "finds the revision whose catalog it has, or writes its schema down as the first revision",
        },
        { run: "echo $DATABASE_URL", says: "is this the database that was meant?" },
      ],
    },
  ]
}

/** Why the last run ended, where nothing has succeeded since. */
async function lastFailure(
  { folder }: Project,
  { connection, schema, history }: Target,
): Promise<readonly Ailment[]> {
  const [last] = await readEvents(connection, schema, { failed: false, limit: 1 })
  if (last === undefined || (last.kind !== "failed" && last.kind !== "interrupted")) return []
  const { at, revision, message, errorCode, sqlState } = last
  // What is gone or was applied since is nobody's concern any more.
  const isPending = (id: string) => folder.graph.get(id) !== undefined && !history.applied.has(id)
  if (revision !== undefined && !isPending(revision) && last.kind === "failed") return []
  const code = [errorCode, sqlState].filter(Boolean).join(", ")
  return [
    {
      name: "last-run-failed",
      evidence: `the last run ${last.kind === "failed" ? "failed" : "was interrupted"} at ${at}${revision === undefined ? "" : `, at ${revision}`}`,
      details: message === undefined ? [] : [code === "" ? message : `${message} [${code}]`],
      remedies: [
        {
          run: "lockstep deploy",
          says: "after the file was corrected: it is applied nowhere here, so it may be edited",
        },
        ...(errorCode === undefined
          ? []
          : [{ run: `lockstep explain ${errorCode}`, says: "what the error means" }]),
      ],
    },
  ]
}

/** What is wrong with the database itself. */
async function bodily({ connection, schema }: Target): Promise<readonly Ailment[]> {
  const { invalidIndexes, superuser } = await readVitals(connection, schema)
  const owners = superuser ? [] : await foreignOwners(connection, schema)
  return [
    ...invalidIndexes.map(
      (index): Ailment => ({
        name: "invalid-index",
        evidence: `index ${index} is not valid: nothing uses it, and every write maintains it`,
        details: [],
        remedies: [
          {
            run: `reindex index concurrently ${index}`,
            says: "builds it anew; a unique one needs rows without duplicates",
            repair: { kind: "sql", sql: `reindex index concurrently ${index}` },
          },
          { run: `drop index concurrently ${index}`, says: "where it is not wanted" },
        ],
      }),
    ),
    ...owners.map(
      ({ owner, count, example }): Ailment => ({
        name: "wrong-owner",
        evidence: `${count} ${count === 1 ? "relation belongs" : "relations belong"} to ${owner}, and this role may not alter them: ${example}`,
        details: [],
        remedies: [
          { run: `reassign owned by ${owner} to <owner>`, says: "as an administrator, in this database" },
        ],
      }),
    ),
  ]
}

async function foreignOwners(
  connection: Target["connection"],
  schema: string,
): Promise<readonly { owner: string; count: number; example: string }[]> {
  return connection.query<{ owner: string; count: number; example: string }>(
    `select pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(c.relowner)) as owner, pg_catalog.count(*)::int4 as count,
  pg_catalog.min(c.oid::pg_catalog.regclass::text) as example
from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'p', 'v', 'm', 'f') and n.nspname <> 'information_schema' and n.nspname <> $1
  and not pg_catalog.starts_with(n.nspname::text, 'pg_') and not pg_catalog.pg_has_role(c.relowner, 'usage')
  and not exists (select from pg_catalog.pg_depend d where d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass and d.objid = c.oid and d.deptype = 'e')
group by c.relowner`,
    [schema],
  )
}

/** Explains why a database cannot be reached, in the form of an ailment. */
export function connectionAilment(error: unknown): Ailment {
  if (!(error instanceof ToolError)) throw error
  const { details = [], hint } = error.facts
  return {
    name: error.code,
    evidence: error.message,
    details,
    remedies: hint === undefined ? [] : [{ run: hint, says: "the likely cause" }],
  }
}
