import type { TestProject } from "vitest/node"
import { type EmbeddedServer, startServer } from "../src/scratch/embedded.ts"

/** What a test file must know of a server that all test files share. */
export interface SharedServer {
  readonly major: number
  readonly host: string
  readonly port: number
  /** Absent on Windows. */
  readonly socketDir: string | undefined
  readonly user: string
  readonly password: string
  /** Of its database `postgres`, over the Unix socket where there is one. */
  readonly url: string
}

declare module "vitest" {
  interface ProvidedContext {
    servers: readonly SharedServer[]
  }
}

const defaultMajors = "15,18"

/** Starts one server for each major version in LOCKSTEP_TEST_MAJORS, for the whole run. */
export default async function setup({ provide }: TestProject): Promise<() => Promise<void>> {
  const majors = (process.env["LOCKSTEP_TEST_MAJORS"] ?? defaultMajors).split(",").map(Number)
  const servers = await Promise.all(
    majors.map((major) => {
      return startServer({ major, settings: { max_connections: "200" }, startTimeoutMs: 180_000 })
    }),
  )
  provide("servers", servers.map(shared))
  return async () => {
    await Promise.all(servers.map((server) => server.stop()))
  }
}

function shared({ major, host, port, socketDir, user, password, socketUrl }: EmbeddedServer): SharedServer {
  return { major, host, port, socketDir, user, password, url: socketUrl() }
}
