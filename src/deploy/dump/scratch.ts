import { randomBytes } from "node:crypto"
import type { Connection } from "../../db/connection.ts"
import { connect } from "../../db/node-postgres.ts"
import { parseConnection } from "../../db/settings.ts"
import { startServer } from "../../scratch/embedded.ts"
import { quoteIdentifier } from "../../sql/identifier.ts"
import type { DumpFacts } from "./facts.ts"
import { runProgram } from "./program.ts"
import { isPlain } from "./read.ts"

/** What came of restoring a dump into a throwaway database. */
export interface ScratchRestore {
  readonly ms: number
  /** What the server refused. */
  readonly errors: readonly string[]
  /** Tables that have another number of rows than the dump. */
  readonly differing: readonly {
    readonly table: string
    readonly dumped: number
    readonly restored: number
  }[]
}

export interface ScratchPlace {
  /** A server where databases may be made and dropped. Default: the embedded one. */
  readonly url?: string | undefined
  /** The project whose packages hold the embedded server. */
  readonly root?: string | undefined
}

/** A database that a dump was restored into. */
export interface RestoredDump {
  readonly url: string
  readonly errors: readonly string[]
}

/**
 * Restores a dump into a database that is gone when `work` has ended. Roles that it names are made where they are missing.
 *
 * @throws ToolError `program-missing`, `embedded-server-missing`
 */
export async function withRestored<T>(
  path: string,
  { owners, grantees }: Pick<DumpFacts, "owners" | "grantees">,
  { url, root }: ScratchPlace,
  work: (restored: RestoredDump) => Promise<T>,
): Promise<T> {
  const server = url === undefined ? await startServer(root === undefined ? {} : { root }) : undefined
  const base = url ?? server?.socketUrl("postgres") ?? ""
  const name = `lockstep_scratch_${randomBytes(6).toString("hex")}`
  const made: string[] = []
  let admin: Connection | undefined
  try {
    admin = await connect(parseConnection(base))
    await admin.run(`create database ${name} template template0`)
    for (const role of [...owners, ...grantees]) {
      await admin.run(`create role ${quoteIdentifier(role)}`).then(
        () => made.push(role),
        () => undefined,
      )
    }
    const target = databaseIn(base, name)
    const { code, said } = isPlain(path)
      ? await runProgram("psql", ["-q", "-X", "-d", target, "-f", path])
      : await runProgram("pg_restore", ["-d", target, path])
    const errors = said.filter((line) => /error:|ERROR:/i.test(line))
    return await work({ url: target, errors: code !== 0 && errors.length === 0 ? said : errors })
  } finally {
    await admin?.run(`drop database if exists ${name} with (force)`).catch(() => undefined)
    for (const role of made) await admin?.run(`drop role ${quoteIdentifier(role)}`).catch(() => undefined)
    await admin?.close()
    await server?.stop()
  }
}

/** Restores a dump, and counts the rows of every table again. */
export async function restoreIntoScratch(
  path: string,
  contents: DumpFacts,
  place: ScratchPlace,
): Promise<ScratchRestore> {
  const started = performance.now()
  return withRestored(path, contents, place, async ({ url, errors }) => {
    const connection = await connect(parseConnection(url))
    const differing: ScratchRestore["differing"][number][] = []
    try {
      for (const [table, dumped] of Object.entries(contents.tables)) {
        const [row] = await connection
          .query<{ rows: string }>(`select pg_catalog.count(*)::text as rows from ${table}`)
          .catch(() => [{ rows: "-1" }])
        const restored = Number(row?.rows ?? -1)
        if (restored !== dumped) differing.push({ table, dumped, restored })
      }
    } finally {
      await connection.close()
    }
    return { ms: Math.round(performance.now() - started), errors, differing }
  })
}

/** The address of another database of the same server. */
export function databaseIn(url: string, name: string): string {
  const parsed = new URL(url)
  parsed.pathname = `/${name}`
  return parsed.href
}
