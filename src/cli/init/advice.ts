import { count } from "../../report/count.ts"
import type { DatabaseSurvey, FoundLedger } from "./survey-database.ts"
import type { FoundFolder } from "./survey-folder.ts"

/** One thing to do next: why, and the command where there is one. */
export interface Advice {
  readonly says: string
  readonly run?: string
}

/** Proposes the right way in, from what was found. */
export function advise(
  folder: FoundFolder | undefined,
  database: DatabaseSurvey | undefined,
): readonly Advice[] {
  if (folder?.problem !== undefined)
    return [
      { says: `${folder.path} cannot be read as it is: ${folder.problem}` },
      {
        says: 'mend that; or name a folder of its own in the setting "migrations", and begin there from what the database has: docs/coming-from.md',
      },
    ]
  const hasRevisions = (folder?.count ?? 0) > 0
  if (database === undefined) return hasRevisions ? [setAddress, lookAtStatus] : [writeFirst, setAddress]
  if (database.managed) return [lookAtStatus]
  const [ledger] = database.ledgers
  if (ledger !== undefined) return takeOver(ledger, hasRevisions)
  if (database.tables > 0) return adoptTables(database, hasRevisions)
  return hasRevisions
    ? [{ says: "see what would run, then apply it", run: "lockstep upgrade --dry-run" }]
    : [writeFirst]
}

const setAddress: Advice = {
  says: "put the database's address into DATABASE_URL, or into .env (see .env.example)",
}
const lookAtStatus: Advice = { says: "see where the database stands", run: "lockstep status" }
const writeFirst: Advice = { says: "write the first revision", run: 'lockstep new "create users"' }

function takeOver({ tool, table, newest }: FoundLedger, hasRevisions: boolean): readonly Advice[] {
  const says = hasRevisions
    ? `${tool} has applied migrations here (${table}${newest === undefined ? "" : `, newest ${newest}`}); take over what it says`
    : `${tool} has made this schema (${table}); take it over as the first revision`
  return [
    { says, run: "lockstep adopt" },
    lookAtStatus,
    { says: `then take ${tool} out of the deploy; its table may stay` },
  ]
}

function adoptTables({ database, tables }: DatabaseSurvey, hasRevisions: boolean): readonly Advice[] {
  const holds = `${database} holds ${count(tables, "table")}`
  return [
    {
      says: hasRevisions
        ? `${holds}, and no history says which revisions made them; find out, and say so`
        : `${holds} already; take them over as the first revision`,
      run: "lockstep adopt",
    },
    lookAtStatus,
  ]
}
