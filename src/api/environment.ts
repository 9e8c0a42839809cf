import { ToolError } from "../diagnostic.ts"
import type { History } from "../history/read.ts"
import { insertEvent, setMeta } from "../history/record.ts"
import { startRun } from "../runner/start.ts"
import { databaseOf, openTarget, type Target } from "../runner/target.ts"
import { changeHistory } from "../runner/transaction.ts"
import { checkOptions, type OptionKinds, runKinds, targetKinds } from "./check-options.ts"
import type { RunOptions, TargetOptions } from "./options.ts"

export interface MarkEnvironmentOptions extends TargetOptions, RunOptions {
  /** The name that the database is to carry. */
  readonly name: string
  /** Whether it is protected: no downgrade, no address from `.env`, nothing that does not name it. Default: false. */
  readonly protect?: boolean
  /** Needed to change a mark that is already there; recorded. */
  readonly because?: string
}

const markKinds: OptionKinds<MarkEnvironmentOptions> = {
  ...targetKinds,
  ...runKinds,
  name: "text",
  protect: "flag",
  because: "text",
}

export interface MarkEnvironmentResult {
  readonly database: string
  readonly environment?: string
  readonly protected: boolean
  /** The mark that was there before. */
  readonly before?: string
}

/**
 * Writes an environment's name into the database, so that a command meant for another one is refused whatever the
 * URL says.
 *
 * @throws ToolError `wrong-environment` where it carries another name and no reason is given, `reason-needed` where only
 * the protection changes and none is given
 */
export async function markEnvironment(options: MarkEnvironmentOptions): Promise<MarkEnvironmentResult> {
  checkOptions(options, markKinds, ["name"])
  const { name, protect = false, because, ...rest } = options
  const target = await openTarget({ ...rest, anyEnvironment: true, command: "init", writes: true })
  try {
    refuseWithoutReason(options, target, target.history)
    const run = await startRun(target, { ...options, command: "init" })
    try {
      const { schema, runId } = run.context
      const before = run.history.environment
      refuseWithoutReason(options, target, run.history)
      const details = { name, protected: protect, before, because }
      await changeHistory(
        run.context,
        [
          setMeta(schema, "environment", name),
          setMeta(schema, "protected", String(protect)),
          insertEvent(schema, runId, { kind: "environment-marked", message: name, details }),
        ].join(";\n"),
      )
      return {
        ...databaseOf(target),
        environment: name,
        protected: protect,
        ...(before === undefined ? {} : { before }),
      }
    } finally {
      await run.finish()
    }
  } finally {
    await target.close()
  }
}

function refuseWithoutReason(
  { name, protect = false, because }: MarkEnvironmentOptions,
  { facts }: Target,
  { environment: before, protected: isProtected }: History,
): void {
  if (before === undefined || (because !== undefined && because.trim() !== "")) return
  if (before !== name) {
    throw new ToolError("wrong-environment", `database ${facts.database} is already marked as ${before}`, {
      hint: `check the URL; to change the mark, add --because "..."`,
      subject: before,
    })
  }
  if (isProtected === protect) return
  throw new ToolError(
    "reason-needed",
    `database ${facts.database} is marked as ${before}, ${isProtected ? "" : "not "}protected`,
    {
      hint: 'to change that, add --because "..."; it is recorded',
      subject: before,
    },
  )
}
