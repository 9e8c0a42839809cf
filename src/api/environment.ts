import { ToolError } from "../diagnostic.ts"
import { insertEvent, setMeta } from "../history/record.ts"
import { startRun } from "../runner/start.ts"
import { openTarget } from "../runner/target.ts"
import type { RunOptions, TargetOptions } from "./options.ts"
import { databaseOf } from "./upgrade.ts"

export interface MarkEnvironmentOptions extends TargetOptions, RunOptions {
  /** The name that the database is to carry. */
  readonly name: string
  /** Whether it is protected: no downgrade, no address from `.env`, nothing that does not name it. Default: false. */
  readonly protect?: boolean
  /** Needed to change a mark that is already there; recorded. */
  readonly because?: string
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
 * @throws ToolError `wrong-environment` where it carries another name and no reason is given
 */
export async function markEnvironment(options: MarkEnvironmentOptions): Promise<MarkEnvironmentResult> {
  const { name, protect = false, because, ...rest } = options
  const target = await openTarget({ ...rest, anyEnvironment: true, command: "init", writes: true })
  try {
    const before = target.history.environment
    const changes = before !== undefined && (before !== name || target.history.protected !== protect)
    if (changes && because === undefined) {
      throw new ToolError(
        "wrong-environment",
        `database ${target.facts.database} is already marked as ${before}`,
        {
          hint: `check the URL; to change the mark, add --because "..."`,
          subject: before,
        },
      )
    }
    const run = await startRun(target, { ...options, command: "init" })
    try {
      const { schema, runId, connection } = run.context
      const details = { name, protected: protect, before, because }
      await connection.run(
        [
          "begin",
          setMeta(schema, "environment", name),
          setMeta(schema, "protected", String(protect)),
          insertEvent(schema, runId, { kind: "environment-marked", message: name, details }),
          "commit",
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
