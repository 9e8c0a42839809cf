import { withoutLedgers } from "../adopt/without-ledgers.ts"
import { asRole, ownerOf } from "../catalog/as-role.ts"
import type { Catalog } from "../catalog/catalog.ts"
import { ToolError } from "../diagnostic.ts"
import { changesBetween, describeChanges, type ObjectChange } from "../diff/object-change.ts"
import { fingerprint } from "../introspect/fingerprint.ts"
import type { Revision } from "../revisions/revision.ts"
import { openTarget } from "../runner/target.ts"
import { openScratch, type Scratch, type ScratchOptions } from "../scratch/scratch.ts"
import { readDatabase } from "./catalog-source.ts"
import type { ProjectOptions, TargetOptions } from "./options.ts"
import type { Project } from "./project.ts"
import { openRehearsal } from "./rehearsal.ts"

/** What a live database is compared with, to say which revisions it is at. */
export interface LineageOptions extends ProjectOptions, TargetOptions {
  readonly scratch?: ScratchOptions
}

/** A live database's catalog, without the tables of other tools, and a scratch server of its major version. */
export interface Lineage extends AsyncDisposable {
  readonly live: Catalog
  /** Its fingerprint from before it was read. */
  readonly seen: string
  readonly scratch: Scratch
  /** What exactly these revisions, in this order, lead to. */
  catalogOf(revisions: readonly Revision[]): Promise<Catalog>
  /** What would have to change for the database to be what exactly these revisions, in this order, lead to. */
  differenceTo(revisions: readonly Revision[]): Promise<readonly ObjectChange[]>
  /** Replays revisions and tells after each what would have to change for the database to be there. */
  replay(
    revisions: readonly Revision[],
  ): AsyncIterable<{ readonly revision: Revision; readonly changes: readonly ObjectChange[] }>
}

/**
 * Reads a live database and opens the scratch on which revisions are replayed beside it.
 *
 * @throws ToolError `embedded-server-missing` with both ways out, and what reading throws
 */
export async function openLineage(project: Project, options: LineageOptions): Promise<Lineage> {
  const { historySchema = "lockstep", root = "." } = options
  const seen = await fingerprintOf(options)
  const live = withoutLedgers(await readDatabase(options, { ...options, historySchema }))
  const scratch = await scratchFor(live, { root, ...options.scratch })
  const catalogOf = async (revisions: readonly Revision[]) => {
    await using rehearsal = await openRehearsal(project, scratch, { ...options, historySchema })
    for (const revision of revisions) await rehearsal.run(revision, "up")
    return asLive(await rehearsal.catalog(), live)
  }
  return {
    live,
    seen,
    scratch,
    catalogOf,
    differenceTo: async (revisions) => changesBetween(live, await catalogOf(revisions)),
    async *replay(revisions) {
      await using rehearsal = await openRehearsal(project, scratch, { ...options, historySchema })
      for (const revision of revisions) {
        await rehearsal.run(revision, "up")
        yield { revision, changes: changesBetween(live, asLive(await rehearsal.catalog(), live)) }
      }
    },
    [Symbol.asyncDispose]: () => scratch[Symbol.asyncDispose](),
  }
}

async function fingerprintOf(options: TargetOptions): Promise<string> {
  const { connection, schema, close } = await openTarget({ ...options, command: "diff", writes: false })
  try {
    return await fingerprint(connection, [schema])
  } finally {
    await close()
  }
}

/** As if whoever owns the live database had loaded the scratch: who looks is not always who made it. */
export function asLive(loaded: Catalog, live: Catalog): Catalog {
  return { ...asRole(loaded, ownerOf(live)), role: live.role }
}

async function scratchFor(live: Catalog, options: ScratchOptions): Promise<Scratch> {
  try {
    return await openScratch({ major: Math.floor(live.serverVersion / 10_000), ...options })
  } catch (error) {
    const missing = error instanceof ToolError && /^embedded-server-(missing|unsupported)$/.test(error.code)
    if (!missing) throw error
    throw new ToolError(error.code, error.message, {
      ...error.facts,
      hint: `${error.facts.hint}; or name a server with --scratch; or vouch for the schema yourself with --unverified`,
    })
  }
}

/** Says that a live catalog is not the one that a stamp would say it is. */
export function catalogDiffers(
  database: string,
  claimed: string,
  changes: readonly ObjectChange[],
  hint: string,
): ToolError {
  return new ToolError("catalog-differs", `the catalog of ${database} is not what ${claimed} leads to`, {
    subject: database,
    details: ["to be that, it would have to change like this:", ...describeChanges(changes)],
    hint,
    data: { changes },
  })
}
