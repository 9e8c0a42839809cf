import { count } from "../../report/count.ts"
import type { DatabaseSurvey, FoundLedger } from "./survey-database.ts"
import { type FoundFolder, stampFor } from "./survey-folder.ts"

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
  if (ledger !== undefined) return takeOver(ledger, folder)
  if (database.tables > 0) return hasRevisions ? confirmAndStamp(database) : baseline(database)
  return hasRevisions
    ? [{ says: "see what would run, then apply it", run: "lockstep upgrade --dry-run" }]
    : [writeFirst]
}

const setAddress: Advice = {
  says: "put the database's address into DATABASE_URL, or into .env (see .env.example)",
}
const lookAtStatus: Advice = { says: "see where the database stands", run: "lockstep status" }
const writeFirst: Advice = { says: "write the first revision", run: 'lockstep new "create users"' }

function takeOver(ledger: FoundLedger, folder: FoundFolder | undefined): readonly Advice[] {
  const { tool, table, newest } = ledger
  const stamp =
    folder?.graph === undefined || newest === undefined ? undefined : stampFor(folder.graph, newest)
  if (stamp !== undefined)
    return [
      {
        says: `${tool} has applied everything up to ${newest} (${table}); say so`,
        run: `lockstep stamp ${stamp}`,
      },
      lookAtStatus,
      { says: `then take ${tool} out of the deploy; its table may stay` },
    ]
  if (folder?.count !== undefined && folder.count > 0)
    return [
      {
        says: `${tool} has applied migrations here (${table}${newest === undefined ? "" : `, newest ${newest}`}), but none of ${folder.path} goes by that name; find the revision that the database is at`,
        run: "lockstep history",
      },
      { says: "and say so", run: "lockstep stamp <revision>" },
    ]
  return [
    { says: `${tool} has made this schema (${table}); begin from what is there` },
    ...baselineSteps(table),
    { says: `then take ${tool} out of the deploy; its table may stay` },
  ]
}

function confirmAndStamp({ database, tables }: DatabaseSurvey): readonly Advice[] {
  return [
    {
      says: `${database} holds ${count(tables, "table")}, and no history says which revisions made them; see whether they are all there`,
      run: "lockstep upgrade --dry-run",
    },
    { says: "if the schema is complete, say so", run: "lockstep stamp head" },
  ]
}

function baseline({ database, tables }: DatabaseSurvey): readonly Advice[] {
  return [
    { says: `${database} holds ${count(tables, "table")} already; begin from what is there` },
    ...baselineSteps(),
  ]
}

/** @param ledger the other tool's table, which is no part of the schema */
function baselineSteps(ledger?: string): readonly Advice[] {
  const without = ledger === undefined ? "" : ` --exclude-table='${ledger}'`
  return [
    {
      says: "write the present schema down as the first revision",
      run: `pg_dump --schema-only --no-owner${without} "$DATABASE_URL" >> "$(lockstep new baseline --no-rollback 'it was there first')"`,
    },
    { says: "and say that this database has it", run: "lockstep stamp head" },
  ]
}
