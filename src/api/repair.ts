import { ServerError } from "../db/connection.ts"
import { ToolError } from "../diagnostic.ts"
import { insertEvent } from "../history/record.ts"
import { startRun } from "../runner/start.ts"
import { openTarget } from "../runner/target.ts"
import { changeHistory } from "../runner/transaction.ts"
import { checkOptions, type OptionKinds, runKinds } from "./check-options.ts"
import { type Ailment, type DoctorOptions, type DoctorResult, doctor, doctorKinds } from "./doctor.ts"
import type { RunOptions } from "./options.ts"
import { stamp } from "./stamp.ts"

export interface RepairOptions extends DoctorOptions, RunOptions {
  /** False: only say what would be done. Default: true. */
  readonly write?: boolean
  /** Why; recorded. Needed where something is done. */
  readonly because?: string
}

const repairKinds: OptionKinds<RepairOptions> = {
  ...doctorKinds,
  ...runKinds,
  write: "flag",
  because: "text",
}

/** One thing that `repair` does. */
export interface PlannedRepair {
  readonly ailment: string
  readonly evidence: string
  /** As a person would type it. */
  readonly run: string
}

export interface RepairResult extends Pick<DoctorResult, "database" | "environment"> {
  /** What can be repaired, in order. */
  readonly planned: readonly PlannedRepair[]
  /** Whether it was done. */
  readonly done: boolean
  /** What only a person can decide. */
  readonly left: readonly Ailment[]
}

/**
 * Does what `doctor` proposes and needs no decision: brings the history to where the catalog is proven to be, builds
 * invalid indexes anew. Each is recorded with the reason.
 *
 * @throws ToolError `reason-needed`, `repair-failed`, and what `doctor` and `stamp` throw
 */
export async function repair(options: RepairOptions): Promise<RepairResult> {
  checkOptions(options, repairKinds)
  const { write = true, because } = options
  const { database, environment, ailments } = await doctor(withoutRun(options))
  const planned = ailments.flatMap(({ name, evidence, remedies }) => {
    const remedy = remedies.find((each) => each.repair !== undefined)
    return remedy?.repair === undefined
      ? []
      : [{ ailment: name, evidence, run: remedy.run, repair: remedy.repair }]
  })
  const left = ailments.filter(({ remedies }) => remedies.every((remedy) => remedy.repair === undefined))
  const result = {
    database,
    ...(environment === undefined ? {} : { environment }),
    planned: planned.map(({ repair: _, ...shown }) => shown),
    left,
  }
  if (!write || planned.length === 0) return { ...result, done: false }
  if (because === undefined || because.trim() === "")
    throw new ToolError("reason-needed", "a repair needs a reason", {
      details: planned.map(({ run }) => run),
      hint: 'add --because "..."; it is recorded. --plan only shows what would be done',
    })
  for (const { repair: action } of planned) {
    if (action.kind === "stamp") await stamp({ ...stampOptions(options), to: action.to, because })
    else await runStatement(action.sql, because, options)
  }
  // What a repair has put right, others may have been about as well: a run that failed for the same reason.
  const { ailments: now } = await doctor({ ...withoutRun(options), compare: false })
  const still = new Set(now.map(({ name }) => name))
  return {
    ...result,
    done: true,
    left: left.filter(({ name }) => still.has(name) || name === "drift"),
  }
}

/** What only a run understands is not for looking. */
function withoutRun(options: RepairOptions): DoctorOptions {
  const { write: _, because: __, ...rest } = options
  return rest
}

function stampOptions(options: RepairOptions) {
  const { write: _, compare: __, ...rest } = options
  return rest
}

/** Runs one statement outside a transaction under the runner's lock, and records it. */
async function runStatement(sql: string, because: string, options: RepairOptions): Promise<void> {
  const target = await openTarget({ ...options, command: "repair", writes: true })
  try {
    const run = await startRun(target, { ...options, command: "repair" })
    try {
      await run.context.connection.run(sql)
      const { schema, runId } = run.context
      await changeHistory(
        run.context,
        insertEvent(schema, runId, { kind: "repaired", message: sql, details: { because } }),
      )
    } finally {
      await run.finish()
    }
  } catch (error) {
    if (!(error instanceof ServerError)) throw error
    throw new ToolError("repair-failed", `${sql}: ${error.message}`, {
      ...(error.fields.detail === undefined ? {} : { details: [error.fields.detail] }),
      sqlState: error.sqlState,
      hint: "put right what the message names, and run the same command again",
      cause: error,
    })
  } finally {
    await target.close()
  }
}
