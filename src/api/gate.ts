import type { GatePolicies } from "../deploy/check.ts"
import { checks } from "../deploy/checks/all.ts"
import type { PreflightPolicy } from "../deploy/look.ts"
import { ToolError } from "../diagnostic.ts"
import { didYouMean } from "../did-you-mean.ts"
import type { ScratchOptions } from "../scratch/scratch.ts"
import type { Source } from "../sql/source.ts"
import { type ApplicationRole, applicationRoleKinds } from "./application-role.ts"
import type { OptionKinds } from "./check-options.ts"
import { readEnvironment, readEvidenceFile } from "./evidence.ts"
import type { TargetOptions } from "./options.ts"

/** What is looked at before anything is applied, and what must hold. */
export interface GateOptions extends Omit<GatePolicies, "promotion">, ApplicationRole {
  /** What to do about concerns, by the id of a check. Default: each check's own. */
  readonly preflight?: PreflightPolicy
  /** The environment that must have had everything before. Default: none. */
  readonly promotion?: PromotionOptions
  /** Checks whose concern does not stop this deploy. Needs `because`. */
  readonly override?: readonly string[]
  /** The reason for what overrides a policy; recorded. */
  readonly because?: string
  /** The file that `lockstep bundle` wrote into the image; compared where it is there. Default: `lockstep.bundle.json`. */
  readonly bundleFile?: string
  /** The database's name in that file, where it holds several. */
  readonly bundleName?: string
  /** The time that policies mean. Default: now, by the server's clock. */
  readonly now?: Date
  /** What the release to come issues: SQL, or a `queries.json`. Default: what its bundle says. */
  readonly queries?: readonly Source[]
  /** Where queries are proven. Default: the embedded server, where it is installed. */
  readonly scratch?: ScratchOptions
}

/** Which environment goes before, and how it is asked. */
export interface PromotionOptions {
  /** Its name. */
  readonly from: string
  /** How long it must have had what is due. Default: 24 hours. */
  readonly ageMs?: number
  /** The same where everything that is due only expands. Default: an hour. */
  readonly expandAgeMs?: number
  /** Its database; called when it is to be asked. */
  readonly target?: () => TargetOptions | Promise<TargetOptions>
  /** A file that `lockstep evidence export` wrote, instead of its database. */
  readonly file?: string
  /** Public keys of those who may sign such a file. */
  readonly keys?: readonly string[]
}

export const gateKinds: OptionKinds<GateOptions> = {
  preflight: "variables",
  promotion: "object",
  windows: "list",
  freezes: "list",
  approvals: "count",
  onlyFromCi: "flag",
  requireCommit: "flag",
  audit: "object",
  terminal: "flag",
  maxForecastMs: "milliseconds",
  maxWaitingMs: "milliseconds",
  guard: "flag",
  override: "list",
  because: "text",
  bundleFile: "text",
  bundleName: "text",
  now: "date",
  queries: "objects",
  ...applicationRoleKinds,
  scratch: "object",
}

const day = 24 * 3_600_000

/** Makes the policies that the checks look at. */
export function policiesOf({ promotion, ...options }: GateOptions): GatePolicies {
  const { windows, freezes, approvals, onlyFromCi, requireCommit, audit, terminal } = options
  const { maxForecastMs, maxWaitingMs, guard } = options
  return {
    ...(windows === undefined ? {} : { windows }),
    ...(freezes === undefined ? {} : { freezes }),
    ...(approvals === undefined ? {} : { approvals }),
    ...(onlyFromCi === undefined ? {} : { onlyFromCi }),
    ...(requireCommit === undefined ? {} : { requireCommit }),
    ...(audit === undefined ? {} : { audit }),
    ...(terminal === undefined ? {} : { terminal }),
    ...(maxForecastMs === undefined ? {} : { maxForecastMs }),
    ...(maxWaitingMs === undefined ? {} : { maxWaitingMs }),
    ...(guard === undefined ? {} : { guard }),
    ...(promotion === undefined ? {} : { promotion: promotionOf(promotion) }),
  }
}

function promotionOf(options: PromotionOptions): NonNullable<GatePolicies["promotion"]> {
  const { from, ageMs = day, expandAgeMs = 3_600_000, target, file, keys = [] } = options
  return {
    from,
    ageMs,
    expandAgeMs: Math.min(ageMs, expandAgeMs),
    fromFile: file !== undefined,
    async evidence() {
      if (file !== undefined) return readEvidenceFile(file, keys)
      if (target === undefined)
        throw new ToolError("evidence-missing", `nothing says how ${from} is reached`, { subject: from })
      return readEnvironment({ ...(await target()), environment: from })
    },
  }
}

/**
 * Returns the checks that somebody has let pass.
 *
 * @throws ToolError `invalid-option` for a name that is no check, `reason-needed`
 */
export function overridesOf({ override = [], because }: GateOptions): ReadonlySet<string> {
  const known = checks.map(({ id }) => id)
  for (const id of override) {
    if (known.includes(id)) continue
    throw new ToolError("invalid-option", `there is no check "${id}" to override`, {
      subject: id,
      details: [`checks: ${known.join(", ")}`],
      hint: didYouMean(id, known),
    })
  }
  const [first] = override
  if (first !== undefined && (because === undefined || because.trim() === ""))
    throw new ToolError("reason-needed", `to override ${first} needs a reason`, {
      subject: first,
      hint: 'add --because "..."; it is recorded',
    })
  return new Set(override)
}
