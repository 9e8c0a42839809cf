import type { DeployPlan } from "../deploy/plan.ts"
import { planDigest, standingDigest } from "../deploy/plan-digest.ts"
import { ToolError } from "../diagnostic.ts"
import type { History } from "../history/read.ts"
import { fingerprint } from "../introspect/fingerprint.ts"
import type { Revision } from "../revisions/revision.ts"
import { compareFingerprint } from "../runner/fingerprint.ts"
import type { Target } from "../runner/target.ts"

/** What is pending, and what the history says. */
interface Now {
  readonly pending: readonly Revision[]
  readonly history: History
}

/**
 * Returns what of a plan is left to apply: all of it, or, after a run of this plan that was cut off, what comes behind.
 * Nothing where all of it has run.
 *
 * @throws ToolError `plan-outdated` where the database or the revisions are not those that the plan was made for
 */
export async function followPlan(
  plan: DeployPlan,
  target: Target,
  { pending, history }: Now,
): Promise<readonly Revision[]> {
  refuseOtherDatabase(plan, target)
  const done = plan.revisions.filter((each) => hasRun(each, history))
  const left = plan.revisions.filter((each) => !done.includes(each))
  const planned = new Set(plan.revisions.map(({ id }) => id))
  if (standingDigest(history, planned) !== plan.madeFor.history) {
    throw outdated(plan, "the history has moved since the plan was made", historyMoved(plan, history))
  }
  const held = new Set(plan.held.map(({ id }) => id))
  const due = pending.filter(({ id }) => !held.has(id))
  if (planDigest(due) !== planDigest(left) || !isBeginning(done, plan)) {
    throw outdated(plan, "the revisions are not those of the plan", revisionsMoved(due, left))
  }
  if (left.length > 0) await refuseOtherCatalog(plan, target, history, done.length > 0)
  return due
}

function hasRun(
  { id, checksum }: DeployPlan["revisions"][number],
  { applied, repeatables }: History,
): boolean {
  return applied.get(id) === checksum || repeatables.get(id) === checksum
}

function isBeginning(done: readonly unknown[], { revisions }: DeployPlan): boolean {
  return done.every((each, index) => revisions[index] === each)
}

function refuseOtherDatabase(plan: DeployPlan, { facts: { database }, environment }: Target): void {
  if (plan.database === database && plan.environment === environment) return
  const nameOf = (name: string, env: string | undefined) => (env === undefined ? name : `${name} (${env})`)
  throw outdated(plan, "the plan was made for another database", [
    `made for ${nameOf(plan.database, plan.environment)}`,
    `this is  ${nameOf(database, environment)}`,
  ])
}

async function refuseOtherCatalog(
  plan: DeployPlan,
  { connection, schema }: Target,
  history: History,
  hasBegun: boolean,
): Promise<void> {
  // What a run that was cut off has made belongs to the plan; only what the history tells of can be compared then.
  const begun = hasBegun || history.inFlight.some(({ id }) => plan.revisions.some((each) => each.id === id))
  const differs = begun
    ? (await compareFingerprint(connection, schema, history)) === "different"
    : (await fingerprint(connection, [schema])) !== plan.madeFor.catalog
  if (!differs) return
  throw outdated(plan, "the catalog is not what it was when the plan was made", [
    "somebody has changed the schema outside of Lockstep; lockstep drift shows what",
  ])
}

function historyMoved(plan: DeployPlan, { applied, inFlight }: History): readonly string[] {
  const planned = new Set(plan.revisions.map(({ id }) => id))
  const latest = [...applied.keys()].filter((id) => !planned.has(id)).at(-1)
  return [
    `planned at ${plan.current.join(", ") || "base"}; the last revision of the history is ${latest ?? "none"}`,
    ...inFlight.map(({ id }) => `begun and not finished: ${id}`),
  ]
}

function revisionsMoved(
  due: readonly Revision[],
  left: readonly DeployPlan["revisions"][number][],
): readonly string[] {
  const now = new Map(due.map(({ id, checksum }) => [id, checksum]))
  const then = new Map(left.map(({ id, checksum }) => [id, checksum]))
  const details = [
    ...left.filter(({ id }) => !now.has(id)).map(({ id, file }) => `not pending any more: ${id} (${file})`),
    ...due
      .filter(({ id }) => !then.has(id))
      .map(({ id, file }) => `pending, and not planned: ${id} (${file})`),
    ...due
      .filter(({ id, checksum }) => then.has(id) && then.get(id) !== checksum)
      .map(({ id, file }) => `edited: ${id} (${file})`),
  ]
  return details.length > 0 ? details : ["they come in another order"]
}

function outdated(plan: DeployPlan, message: string, details: readonly string[]): ToolError {
  const environment = plan.environment === undefined ? "" : ` ${plan.environment}`
  return new ToolError("plan-outdated", message, {
    details: [...details, "nothing was changed"],
    hint: `look at what would happen now: lockstep plan${environment} --out plan.json`,
    subject: plan.digest.slice(0, 12),
  })
}
