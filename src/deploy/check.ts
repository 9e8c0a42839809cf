import type { Actor } from "../api/options.ts"
import type { BundleDifference } from "../bundle/compare.ts"
import type { Diagnostic, ToolError } from "../diagnostic.ts"
import type { EnvironmentEvidence } from "../history/evidence.ts"
import type { Band } from "../lint/forecast.ts"
import type { RevisionFolder } from "../revisions/folder.ts"
import type { Revision } from "../revisions/revision.ts"
import type { Target } from "../runner/target.ts"
import type { HeldRevision } from "./hold.ts"
import type { Waiting } from "./plan.ts"
import type { PromotionRules } from "./promotion.ts"
import type { Vitals } from "./vitals.ts"

/** What a check found. */
export interface Evidence {
  /**
   * `concern`: the policy decides whether it stops a deploy. `warning`: it never does. `refusal`: it always does, since
   * nothing could be applied. `unknown`: nobody can say.
   */
  readonly finding: "ok" | "concern" | "warning" | "refusal" | "unknown"
  /** One line: what was seen, with its numbers and names. */
  readonly evidence: string
  /** Further lines. */
  readonly details?: readonly string[]
  /** The way out. */
  readonly fix?: string
  /** Of `roles`: what the audit has found, as `<role>: <path>`, for the next deploy to compare with. */
  readonly paths?: readonly string[]
}

/** What must hold besides what the database itself shows. Absent: not asked for. */
export interface GatePolicies {
  readonly promotion?: PromotionRules & {
    /** Asks the environment before, or reads what it has signed. Throws a `ToolError` where it cannot. */
    readonly evidence: () => Promise<EnvironmentEvidence>
    /** Whether the evidence was written some time ago. */
    readonly fromFile: boolean
  }
  readonly windows?: readonly string[]
  readonly freezes?: readonly string[]
  /** How many people must have approved the plan. */
  readonly approvals?: number
  readonly onlyFromCi?: boolean
  readonly requireCommit?: boolean
  /** The roles that must only read and write, and which of their paths are accepted. Default: `applicationRoles`, none. */
  readonly audit?: { readonly roles: readonly string[]; readonly accept?: Readonly<Record<string, string>> }
  /** The longest that a deploy may take, by its forecast. */
  readonly maxForecastMs?: number
  /** The longest that it may keep readers or writers of one table waiting, by its forecast. */
  readonly maxWaitingMs?: number
  /** The guard in the database must be there. */
  readonly guard?: boolean
  /** Whether a person may be typing. */
  readonly terminal?: boolean
}

/** All that checks may look at. */
export interface Situation {
  readonly target: Target
  readonly vitals: Vitals
  readonly folder: RevisionFolder
  /** What the deploy would apply. */
  readonly due: readonly Revision[]
  /** Contract revisions that it would hold. */
  readonly held?: readonly HeldRevision[]
  /** What is wrong between folder and history, errors included. */
  readonly findings: readonly Diagnostic[]
  /** The environment that the command names; absent where it names none. */
  readonly named: string | undefined
  /** Where the address came from, as in `TargetOptions`. */
  readonly urlOrigin: string | undefined
  readonly now: Date
  /** Where the caller has said what time it is. */
  readonly givenNow: Date | undefined
  readonly policies: GatePolicies
  /** Roles that must only read and write. */
  readonly applicationRoles: readonly string[]
  /** What is otherwise than the image's bundle says; absent where there is no such file. */
  readonly bundle?: { readonly file: string; readonly differences: readonly BundleDifference[] }
  readonly actor: Actor | undefined
  /** Runs what is due on scratch, once for all who ask; undefined where there is nothing to see. */
  readonly foresee?: () => Promise<Foreseen | undefined>
}

/** What was seen when what is due ran on scratch. */
export interface Foreseen {
  /** Whether the queries of the application still work; absent where nobody has said what it issues. */
  readonly proof?: Evidence
  /** All statements one after the other; null where the size of a table is not known. */
  readonly forecast?: Band | null
  /** Who is kept waiting. */
  readonly waiting?: readonly Waiting[]
  /** How many recorded statements the forecast goes by; 0: it is a guess. */
  readonly measured?: number
  /** How many statements nobody could see. */
  readonly untraced?: number
  /** Why nothing was seen. */
  readonly failure?: ToolError
}

/** What a policy says of a check: whether a concern stops a deploy, is told, or is not even looked for. */
export type CheckPolicy = "stop" | "warn" | "off"

/** One line of the preflight. */
export interface PreflightCheck<Id extends string = string> {
  readonly id: Id
  /** What it asks, for the documentation. */
  readonly asks: string
  /** What happens with a concern where no policy says otherwise. */
  readonly otherwise: CheckPolicy
  /** Looks, changing nothing. Undefined where there is nothing to say. */
  look(situation: Situation): Promise<Evidence | undefined> | Evidence | undefined
}

/** Makes a check; keeps its literal id. */
export function defineCheck<const Id extends string>(check: PreflightCheck<Id>): PreflightCheck<Id> {
  return check
}
