import type { Catalog } from "../catalog/catalog.ts"
import { ServerError } from "../db/connection.ts"
import { ToolError } from "../diagnostic.ts"
import type { Revision } from "../revisions/revision.ts"
import { buildWork } from "../runner/build.ts"
import type { Direction } from "../runner/event.ts"
import { runAll } from "../runner/run.ts"
import { type StartedRun, startRun } from "../runner/start.ts"
import { openTarget, type Target } from "../runner/target.ts"
import { missingRole } from "../scratch/roles.ts"
import type { Scratch, ScratchDatabase } from "../scratch/scratch.ts"
import { type ReadOptions, readScratch } from "./catalog-source.ts"
import type { Project } from "./project.ts"

/** A scratch database in which single revisions run, in whatever order is asked for, as the runner would run them. */
export interface Rehearsal extends AsyncDisposable {
  readonly database: ScratchDatabase
  run(revision: Revision, direction: Direction): Promise<void>
  catalog(): Promise<Catalog>
}

/** Opens an empty rehearsal. Roles that revisions name and the scratch server lacks are made. */
export async function openRehearsal(
  project: Project,
  scratch: Scratch,
  reading: ReadOptions,
): Promise<Rehearsal> {
  const { historySchema = "lockstep" } = reading
  const database = await scratch.database()
  let open: { readonly target: Target; readonly run: StartedRun } | undefined
  const start = async () => {
    const target = await openTarget({
      connect: database.connect,
      historySchema,
      command: "check",
      writes: true,
    })
    return { target, run: await startRun(target, { command: "check" }) }
  }
  const close = async () => {
    await open?.run.finish()
    await open?.target.close()
    open = undefined
  }
  return {
    database,
    async run(revision, direction) {
      for (let made: string | undefined; ; ) {
        open ??= await start()
        const { schema, facts } = open.target
        const work = await buildWork(revision, direction, {
          ...project,
          schema,
          serverVersion: facts.serverVersion,
        })
        try {
          return await runAll(open.run.context, [work], [])
        } catch (error) {
          await close()
          const { cause } = error instanceof ToolError ? error.facts : {}
          const role = cause instanceof ServerError ? missingRole(cause) : undefined
          if (role === undefined || role === made) throw error
          await scratch.makeRole(role)
          made = role
        }
      }
    },
    catalog: () => readScratch(database, reading),
    async [Symbol.asyncDispose]() {
      await close()
      await database[Symbol.asyncDispose]()
    },
  }
}
