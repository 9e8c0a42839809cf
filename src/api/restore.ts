import type { Connection } from "../db/connection.ts"
import type { DumpFacts } from "../deploy/dump/facts.ts"
import { judgeRestore, type RestorePlace, type RestoreProblem } from "../deploy/dump/judge.ts"
import { readDump } from "../deploy/dump/read.ts"
import { restoreIntoScratch, type ScratchPlace, type ScratchRestore } from "../deploy/dump/scratch.ts"
import { checkOptions, type OptionKinds, targetKinds } from "./check-options.ts"
import { openDatabase } from "./open-database.ts"
import type { TargetOptions } from "./options.ts"

export interface CheckRestoreOptions extends TargetOptions {
  /** Path of the dump: pg_dump's custom, directory, tar or plain format. */
  readonly dump: string
  /** Restores it into a throwaway database as well, and counts the rows again. */
  readonly scratch?: ScratchPlace
}

const restoreKinds: OptionKinds<CheckRestoreOptions> = { ...targetKinds, dump: "text", scratch: "object" }

export interface RestoreCheck {
  readonly dump: string
  readonly contents: DumpFacts
  readonly database: string
  /** What would go wrong if it were restored there. */
  readonly problems: readonly RestoreProblem[]
  /** What came of restoring it into a throwaway database, where that was asked for. */
  readonly restored?: ScratchRestore
}

/**
 * Says beforehand what would go wrong if a dump were restored into a database: reads the dump to its end, and asks the server.
 * Changes nothing there.
 *
 * @throws ToolError `dump-unreadable`, `program-missing`
 */
export async function checkRestore(options: CheckRestoreOptions): Promise<RestoreCheck> {
  checkOptions(options, restoreKinds, ["dump"])
  const { dump, applicationRoles = [], scratch } = options
  const contents = await readDump(dump)
  const connection = await openDatabase(options, "restore")
  try {
    const place = await readPlace(connection, contents, applicationRoles)
    const restored = scratch === undefined ? undefined : await restoreIntoScratch(dump, contents, scratch)
    return {
      dump,
      contents,
      database: place.database,
      problems: judgeRestore(contents, place),
      ...(restored === undefined ? {} : { restored }),
    }
  } finally {
    await connection.close()
  }
}

async function readPlace(
  connection: Connection,
  { tables }: DumpFacts,
  applicationRoles: readonly string[],
): Promise<RestorePlace> {
  const [row] = await connection.query<Record<string, string>>(
    `select pg_catalog.json_build_object(
  'database', pg_catalog.current_database(), 'user', current_user::text,
  'superuser', (select rolsuper from pg_catalog.pg_roles where rolname = current_user),
  'encoding', pg_catalog.current_setting('server_encoding'),
  'roles', (select pg_catalog.json_agg(rolname) from pg_catalog.pg_roles),
  'mayBecome', (select coalesce(pg_catalog.json_agg(rolname), '[]') from pg_catalog.pg_roles where pg_catalog.pg_has_role(oid, 'MEMBER')),
  'extensions', (select coalesce(pg_catalog.json_agg(name), '[]') from pg_catalog.pg_available_extensions),
  'mayCreate', pg_catalog.json_build_object(
    'inPublic', coalesce((select pg_catalog.has_schema_privilege(oid, 'CREATE') from pg_catalog.pg_namespace where nspname = 'public'), true),
    'schemas', pg_catalog.has_database_privilege(pg_catalog.current_database(), 'CREATE')),
  'relations', (select coalesce(pg_catalog.json_agg(t.name), '[]') from pg_catalog.json_array_elements_text($1::json) t (name) where pg_catalog.to_regclass(t.name) is not null)
)::text as facts`,
    [JSON.stringify(Object.keys(tables))],
  )
  const facts = JSON.parse(row?.facts ?? "{}") as Omit<RestorePlace, "serverVersion" | "applicationRoles">
  return { ...facts, serverVersion: connection.serverVersion, applicationRoles }
}
