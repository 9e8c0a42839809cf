import type { AdoptResult } from "../api/adopt.ts"
import type { ApproveResult } from "../api/approve.ts"
import type { ChangedResult, WrittenBundle } from "../api/bundle.ts"
import type { CheckResult } from "../api/check.ts"
import type { DeployResult } from "../api/deploy.ts"
import type { DiffResult } from "../api/diff.ts"
import type { DoctorResult } from "../api/doctor.ts"
import type { DowngradeResult } from "../api/downgrade.ts"
import type { DriftResult } from "../api/drift.ts"
import type { MarkEnvironmentResult } from "../api/environment.ts"
import type { ExportsResult } from "../api/exports.ts"
import type { GenerateResult } from "../api/generate.ts"
import type { BranchesResult, HeadsResult, ShowResult } from "../api/graph.ts"
import type { GuardResult } from "../api/guard.ts"
import type { EventsResult, HistoryResult } from "../api/history.ts"
import type { PreflightResult } from "../api/preflight.ts"
import type { PreviewResult, ScriptResult } from "../api/preview.ts"
import type { ProveResult } from "../api/prove.ts"
import type { PulledQueries } from "../api/pull.ts"
import type { RehearseResult } from "../api/rehearse.ts"
import type { ReleasesResult } from "../api/release.ts"
import type { RepairResult } from "../api/repair.ts"
import type { RestoreCheck } from "../api/restore.ts"
import type { RolesOutcome } from "../api/roles-apply.ts"
import type { RoleAudit, RoleAudits } from "../api/roles-audit.ts"
import type { SnapshotResult } from "../api/snapshot.ts"
import type { SquashResult } from "../api/squash.ts"
import type { StampResult } from "../api/stamp.ts"
import type { StatusResult } from "../api/status.ts"
import type { TenantAudit } from "../api/tenants.ts"
import type { TrailResult } from "../api/trail.ts"
import type { UpgradeResult } from "../api/upgrade.ts"
import type { Identity } from "../api/whoami.ts"
import type { RebaseResult, RevertResult, WrittenRevision } from "../api/write.ts"
import type { SchemaReport } from "../app/index.ts"
import type { DeployPlan } from "../deploy/plan.ts"
import type { SignedEvidence } from "../deploy/signature.ts"
import type { Diagnostic } from "../diagnostic.ts"
import type { ErrorPage } from "../errors/define.ts"
import type { EnvironmentEvidence } from "../history/evidence.ts"
import type { Finding } from "../lint/finding.ts"
import type { AcceptedFinding } from "../lint/revision.ts"
import type { RulePage } from "../lint/rules.ts"
import type { Statistics } from "../lint/size.ts"
import type { InitResult, RecipeResult } from "./init/result.ts"

/** What each command answers: `result` of its JSON document. docs/schemas is generated from these types. */
export interface Results {
  readonly init: InitResult | RecipeResult | MarkEnvironmentResult
  readonly adopt: AdoptResult
  readonly new: WrittenRevision
  readonly merge: WrittenRevision
  readonly rebase: RebaseResult
  readonly revert: RevertResult
  readonly squash: SquashResult
  readonly upgrade: UpgradeResult | PreviewResult | ScriptResult
  readonly downgrade: DowngradeResult
  readonly stamp: StampResult
  readonly status: StatusResult
  readonly history: HistoryResult | EventsResult | TrailResult
  readonly heads: HeadsResult
  readonly branches: BranchesResult
  readonly show: ShowResult
  readonly edit: EditResult
  readonly check: CheckResult
  readonly diff: DiffResult
  readonly drift: DriftResult
  readonly generate: GenerateResult
  readonly snapshot: SnapshotResult
  readonly deploy: DeployResult | DeployedDatabases
  readonly preflight: PreflightResult
  readonly approve: ApproveResult
  readonly evidence: EvidenceResult
  readonly rehearse: RehearseResult
  readonly exports: ExportsResult
  readonly restore: RestoreCheck
  readonly doctor: DoctorResult
  readonly repair: RepairResult
  readonly release: ReleasesResult
  readonly bundle: WrittenBundle
  readonly hash: Readonly<Record<string, string>>
  readonly changed: ChangedDatabases
  readonly roles: RoleAudit | RoleAudits | RolesOutcome | TenantAudit
  readonly lint: LintResult
  readonly plan: DeployPlan
  readonly prove: ProveResult
  readonly queries: PulledQueries
  readonly stats: Statistics
  readonly guard: GuardResult
  readonly whoami: Identity
  readonly wait: SchemaReport
  readonly entrypoint: EntrypointResult
  readonly explain:
    | ExplainedCode
    | ExplainedRule
    | { readonly codes: readonly ExplainedCode[]; readonly rules: readonly ExplainedRule[] }
  readonly completion: CompletionResult
}

/** `export` answers with the signed file, `verify` with what it says, `keygen` with the keys' places. */
export type EvidenceResult =
  | SignedEvidence
  | EnvironmentEvidence
  | { readonly file: string; readonly publicKey: string }

/** What `deploy --all` did, in the order of the configuration. */
export interface DeployedDatabases {
  readonly databases: readonly {
    readonly name: string
    readonly state: "deployed" | "failed" | "not begun"
    readonly result?: DeployResult
    readonly error?: Diagnostic
  }[]
}

export interface ChangedDatabases {
  /** Names of the databases with changed revisions; a single one without a name is `default`. */
  readonly databases: readonly string[]
  /** Whether any has. */
  readonly changed: boolean
  readonly each: readonly (ChangedResult & { readonly database: string })[]
}

export interface EntrypointResult extends SchemaReport {
  /** Revisions that `--apply` has applied before. */
  readonly applied: readonly string[]
}

export interface LintResult {
  readonly findings: readonly Finding[]
  /** What headers of revisions accept, with the reasons. */
  readonly accepted: readonly AcceptedFinding[]
}

export interface EditResult {
  readonly revision: string
  readonly file: string
}

export interface ExplainedRule extends RulePage {
  readonly code: string
}

export interface ExplainedCode extends ErrorPage {
  readonly code: string
}

export interface CompletionResult {
  readonly shell: "bash" | "zsh" | "fish"
  readonly script: string
}
