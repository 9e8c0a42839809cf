import { chmod, readFile, rename, rm, writeFile } from "node:fs/promises"
import { basename, dirname, join, resolve } from "node:path"
import type { RoleAudit, RoleAudits } from "../../api/roles-audit.ts"
import { parseConnection } from "../../db/settings.ts"
import { reasonOf } from "../../file-error.ts"
import { printMetrics, type Sample } from "../../report/prometheus.ts"
import type { DeployedDatabases, Results } from "../results.ts"
import type { EndedCommand, Listener } from "./listener.ts"
import { notTold } from "./not-told.ts"

/** Writes what a command has found out into a file of metrics, beside what others have written there. */
export function metricsFile(named: string, root: string): Listener {
  const path = resolve(root, named)
  return {
    async end(ended) {
      try {
        const before = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
          if (error.code === "ENOENT") return ""
          throw error
        })
        await replace(path, printMetrics(samplesOf(ended, await placeOf(ended)), before))
        return []
      } catch (error) {
        return [notTold(`metrics file ${named}`, reasonOf(error), "check the path and who may write there")]
      }
    },
  }
}

/** Whoever reads the file while it is written finds the one before. */
async function replace(path: string, text: string): Promise<void> {
  // The collector reads what ends in `.prom`, also half of it.
  const unfinished = join(dirname(path), `.${basename(path)}.${process.pid}.tmp`)
  try {
    await writeFile(unfinished, text)
    // The collector is another user.
    await chmod(unfinished, 0o644)
    await rename(unfinished, path)
  } catch (error) {
    await rm(unfinished, { force: true })
    throw error
  }
}

interface Place {
  readonly database: string
  readonly environment: string
}

/** Where nothing answered, the address tells which database was meant, so that its failure counts as its own. */
async function placeOf({ tally, configuration, outcome }: EndedCommand): Promise<Place> {
  const said = (outcome.result ?? {}) as { readonly database?: string; readonly environment?: string }
  const environment = said.environment ?? tally.environment ?? configuration?.environment ?? ""
  const known = typeof said.database === "string" ? said.database : tally.database
  if (known !== undefined) return { database: known, environment }
  try {
    const target = await configuration?.target()
    return { database: parseConnection(target?.url, target?.libpqVariables).database ?? "", environment }
  } catch {
    return { database: "", environment }
  }
}

function samplesOf(ended: EndedCommand, place: Place): readonly Sample[] {
  const { command, exit, startedAt, durationMs, tally, outcome } = ended
  const at = Math.round((startedAt.getTime() + durationMs) / 1000)
  const labels = { command, ...place }
  const succeeded = exit === 0
  return [
    { name: "lockstep_run_timestamp_seconds", labels, value: at },
    { name: "lockstep_run_success", labels, value: succeeded ? 1 : 0 },
    { name: "lockstep_run_exit_code", labels, value: exit },
    { name: "lockstep_run_duration_seconds", labels, value: Math.round(durationMs) / 1000 },
    { name: "lockstep_run_revisions", labels, value: tally.revisions },
    { name: "lockstep_run_lock_retries", labels, value: tally.lockRetries },
    { name: "lockstep_run_runner_wait_seconds", labels, value: Math.round(tally.runnerWaitMs) / 1000 },
    ...(succeeded ? [{ name: "lockstep_last_success_timestamp_seconds", labels, value: at } as const] : []),
    ...found(command, outcome.result, place),
  ]
}

/** What the answers of particular commands say about the database. */
function found(command: string, result: unknown, place: Place): readonly Sample[] {
  if (result === undefined) return []
  const labels = { ...place }
  switch (command) {
    case "status": {
      const { pending, held, appliedCount } = result as Results["status"]
      return [
        { name: "lockstep_pending_revisions", labels, value: pending.length },
        { name: "lockstep_held_revisions", labels, value: held.length },
        { name: "lockstep_applied_revisions", labels, value: appliedCount },
      ]
    }
    case "deploy": {
      const deployed = result as Results["deploy"]
      const each = "databases" in deployed ? ofAll(deployed) : [deployed]
      // Whatever is pending behind a deploy is held.
      return each.flatMap(({ database, held }) =>
        (["lockstep_pending_revisions", "lockstep_held_revisions"] as const).map((name) => ({
          name,
          labels: { ...place, database },
          value: held.length,
        })),
      )
    }
    case "drift": {
      const { equal, changes } = result as Results["drift"]
      return [
        { name: "lockstep_drift", labels, value: equal ? 0 : 1 },
        { name: "lockstep_drift_differences", labels, value: changes.length },
      ]
    }
    case "roles": {
      const audits = auditsOf(result)
      const sum = (of: (audit: RoleAudit) => number) => audits.reduce((total, each) => total + of(each), 0)
      if (audits.length === 0) return []
      return [
        {
          name: "lockstep_role_findings",
          labels: { ...labels, severity: "path" },
          value: sum(({ paths }) => paths.length),
        },
        {
          name: "lockstep_role_findings",
          labels: { ...labels, severity: "excess" },
          value: sum(({ excess }) => excess.length),
        },
      ]
    }
    default:
      return []
  }
}

function ofAll({ databases }: DeployedDatabases) {
  return databases.flatMap(({ result }) => (result === undefined ? [] : [result]))
}

function auditsOf(result: unknown): readonly RoleAudit[] {
  const audits = (result as Partial<RoleAudits>).roles ?? [result as RoleAudit]
  return audits.filter(({ paths, excess }) => Array.isArray(paths) && Array.isArray(excess))
}
