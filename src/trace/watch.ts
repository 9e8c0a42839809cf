import type { Connection } from "../db/connection.ts"
import type { ScratchDatabase } from "../scratch/scratch.ts"
import { install, uninstall } from "./install.ts"

/**
 * A scratch database that is prepared for being observed, and the two sessions of it: one that runs scripts, one that
 * looks on. Both stay from script to script, since a new session has to learn the server's catalogs first.
 */
export interface Watch extends AsyncDisposable {
  readonly observer: Connection
  readonly connect: ScratchDatabase["connect"]
  /** The session that runs, as a new one would be. */
  session(): Promise<Connection>
}

/** Nobody may copy the database before the watch is over. */
export async function openWatch(database: ScratchDatabase): Promise<Watch> {
  const observer = await database.connect("trace observer")
  await install(observer, database.name).catch(async (error: unknown) => {
    await observer.close()
    throw error
  })
  let session: Connection | undefined
  return {
    observer,
    connect: database.connect,
    async session() {
      if (session?.open === true) await session.run("discard all")
      else session = await database.connect("trace")
      return session
    },
    async [Symbol.asyncDispose]() {
      await session?.close()
      await uninstall(observer, database.name)
      await observer.close()
    },
  }
}
