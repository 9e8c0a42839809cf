import { type ReleaseStanding, standingOf } from "../deploy/serving.ts"
import { ToolError } from "../diagnostic.ts"
import { didYouMean } from "../did-you-mean.ts"
import { readClock } from "../history/clock.ts"
import { insertEvent } from "../history/record.ts"
import { readReleases, releasesFormat, updateReleases } from "../history/releases.ts"
import { startRun } from "../runner/start.ts"
import { databaseOf, openTarget, type Target } from "../runner/target.ts"
import { changeHistory } from "../runner/transaction.ts"
import { checkOptions, type OptionKinds, runKinds, targetKinds } from "./check-options.ts"
import type { RunOptions, TargetOptions } from "./options.ts"

export interface ReleasesOptions extends TargetOptions {
  /** How long a release counts as serving after the next one was deployed, in milliseconds. Default: an hour. */
  readonly soakMs?: number
  /** Default: now. */
  readonly now?: Date
}

const releasesKinds: OptionKinds<ReleasesOptions> = { ...targetKinds, soakMs: "milliseconds", now: "date" }

export interface ReleasesResult {
  readonly database: string
  readonly environment?: string
  /** The one deployed last first. */
  readonly releases: readonly ReleaseStanding[]
}

/** Lists the releases that were deployed to a database, and which of them may be running. */
export async function releases(options: ReleasesOptions = {}): Promise<ReleasesResult> {
  checkOptions(options, releasesKinds)
  const target = await openTarget({ ...options, command: "release", writes: false })
  try {
    return await resultOf(target, options)
  } finally {
    await target.close()
  }
}

export interface MarkReleasesOptions extends ReleasesOptions, RunOptions {
  /** Names as `deploy --release` was given them. */
  readonly releases: readonly string[]
  /** `serving`: these and no others run. `retired`: these run no more. */
  readonly as: "serving" | "retired"
  /** Recorded. */
  readonly because?: string
}

const markKinds: OptionKinds<MarkReleasesOptions> = {
  ...releasesKinds,
  ...runKinds,
  releases: "list",
  as: ["serving", "retired"],
  because: "text",
}

/**
 * Records what somebody knows of releases: which serve, or which are gone. Contract revisions wait for those that serve.
 *
 * @throws ToolError `unknown-release`
 */
export async function markReleases(options: MarkReleasesOptions): Promise<ReleasesResult> {
  checkOptions(options, markKinds, ["releases", "as"])
  const { releases: names, as, because } = options
  const target = await openTarget({ ...options, command: "release", writes: true })
  try {
    const known = (await recordsOf(target)).map(({ id }) => id)
    for (const name of names) if (!known.includes(name)) throw unknown(name, known, target)
    const run = await startRun(target, { ...options, command: "release" })
    try {
      const { schema, runId } = run.context
      const others = as === "serving" ? known.filter((id) => !names.includes(id)) : []
      await changeHistory(
        run.context,
        [
          updateReleases(schema, names, as, because),
          ...(others.length === 0 ? [] : [updateReleases(schema, others, "retired", because)]),
          insertEvent(schema, runId, {
            kind: "release-said",
            message: `${names.join(", ")}: ${as}`,
            details: { because, releases: names, as },
          }),
        ].join(";\n"),
      )
    } finally {
      await run.finish()
    }
    return await resultOf(target, options, releasesFormat)
  } finally {
    await target.close()
  }
}

async function recordsOf({ connection, schema, history }: Target, format = history.format) {
  return format < releasesFormat ? [] : readReleases(connection, schema, 1000)
}

async function resultOf(
  target: Target,
  { soakMs = 3_600_000, now: given }: ReleasesOptions,
  format?: number,
): Promise<ReleasesResult> {
  const now = given ?? (await readClock(target.connection))
  return { ...databaseOf(target), releases: standingOf(await recordsOf(target, format), { soakMs, now }) }
}

function unknown(name: string, known: readonly string[], { facts }: Target): ToolError {
  return new ToolError("unknown-release", `no deploy to ${facts.database} has recorded a release "${name}"`, {
    subject: name,
    details: known.length === 0 ? [] : [`recorded: ${known.slice(0, 10).join(", ")}`],
    hint: didYouMean(name, known) ?? "lockstep release list shows them",
  })
}
