/**
 * Lockstep as a library: every command is an async function that takes one options object and returns plain data.
 * Nothing here prints, exits, or reads the environment; an `AbortSignal` stops a run cleanly.
 *
 * @example
 * import { upgrade } from "lockstep"
 * const { applied } = await upgrade({ url: "postgres://localhost/shop", migrations: "migrations" })
 */

export { type AdoptOptions, type AdoptResult, adopt } from "./api/adopt.ts"
export { type ApproveOptions, type ApproveResult, approve } from "./api/approve.ts"
export { type BundleOptions, bundle, type ChangedOptions, type ChangedResult, changed } from "./api/bundle.ts"
export type { CatalogSource } from "./api/catalog-source.ts"
export { type CheckOptions, type CheckResult, check, type GuardReport } from "./api/check.ts"
export { type DeployOptions, type DeployResult, deploy } from "./api/deploy.ts"
export { type DiffOptions, type DiffResult, diff } from "./api/diff.ts"
export {
  type Ailment,
  type DoctorOptions,
  type DoctorResult,
  doctor,
  type Remedy,
  type Repair,
} from "./api/doctor.ts"
export { type DowngradeOptions, type DowngradeResult, downgrade } from "./api/downgrade.ts"
export { type DriftOptions, type DriftResult, drift } from "./api/drift.ts"
export {
  type MarkEnvironmentOptions,
  type MarkEnvironmentResult,
  markEnvironment,
} from "./api/environment.ts"
export {
  type ExportEvidenceOptions,
  exportEvidence,
  makeEvidenceKeys,
  readEnvironment,
  readEvidenceFile,
} from "./api/evidence.ts"
export { type ExportsOptions, type ExportsResult, type KnownExport, listExports } from "./api/exports.ts"
export type { GateOptions, PromotionOptions } from "./api/gate.ts"
export {
  type GeneratedRevision,
  type GenerateOptions,
  type GenerateResult,
  generate,
} from "./api/generate.ts"
export {
  type BranchesResult,
  branches,
  type HeadsResult,
  heads,
  type ShowOptions,
  type ShowResult,
  show,
} from "./api/graph.ts"
export {
  type GuardOptions,
  type GuardResult,
  guardStatus,
  installGuard,
  removeGuard,
} from "./api/guard.ts"
export {
  type EventsOptions,
  type EventsResult,
  events,
  type HistoryEntry,
  type HistoryOptions,
  type HistoryResult,
  history,
} from "./api/history.ts"
export { type LintOptions, type LintResult, lint } from "./api/lint.ts"
export { type LintFileOptions, type LintFileResult, lintFile } from "./api/lint-file.ts"
export type {
  Actor,
  NameOptions,
  ProjectOptions,
  RunOptions,
  SchemaSource,
  TargetOptions,
} from "./api/options.ts"
export { type PlanOptions, plan } from "./api/plan.ts"
export { type PreflightOptions, type PreflightResult, preflight } from "./api/preflight.ts"
export {
  type PreviewResult,
  previewUpgrade,
  type ScriptResult,
  type ScriptUpgradeOptions,
  scriptUpgrade,
} from "./api/preview.ts"
export type { RevisionSummary } from "./api/project.ts"
export { type BrokenQuery, type ProveOptions, type ProveResult, prove } from "./api/prove.ts"
export {
  type PulledQueries,
  type PullQueriesOptions,
  pullQueries,
  pullStatistics,
  type RecordedQuery,
} from "./api/pull.ts"
export {
  type RehearsedRevision,
  type RehearsedStatement,
  type RehearseOptions,
  type RehearseResult,
  rehearse,
} from "./api/rehearse.ts"
export {
  type MarkReleasesOptions,
  markReleases,
  type ReleasesOptions,
  type ReleasesResult,
  releases,
} from "./api/release.ts"
export { type RepairOptions, type RepairResult, repair } from "./api/repair.ts"
export { type CheckRestoreOptions, checkRestore, type RestoreCheck } from "./api/restore.ts"
export {
  applyRoleSetup,
  planRoleSetup,
  type RoleSettings,
  type RoleStep,
  type RolesModel,
  type RolesOptions,
  type RolesOutcome,
} from "./api/roles-apply.ts"
export {
  type AcceptedPath,
  type AccessPath,
  type AuditRolesOptions,
  auditRoles,
  type Excess,
  type RoleAudit,
  type RoleAudits,
} from "./api/roles-audit.ts"
export { type SnapshotOptions, type SnapshotResult, snapshot } from "./api/snapshot.ts"
export { type SquashOptions, type SquashResult, squash } from "./api/squash.ts"
export { type StampOptions, type StampResult, stamp } from "./api/stamp.ts"
export { type StatusOptions, type StatusResult, status } from "./api/status.ts"
export {
  type AuditTenantsOptions,
  auditTenants,
  type TenantAudit,
  type TenantFinding,
  type TenantRules,
} from "./api/tenants.ts"
export { type AcceptTrailOptions, acceptTrail, type TrailResult, verifyHistory } from "./api/trail.ts"
export { type UpgradeOptions, type UpgradeResult, upgrade } from "./api/upgrade.ts"
export { type Identity, type ReachedRole, whoami } from "./api/whoami.ts"
export {
  type MergeOptions,
  merge,
  type NewRevisionOptions,
  newRevision,
  type RebaseOptions,
  type RebaseResult,
  type RevertOptions,
  type RevertResult,
  rebase,
  revert,
  type WrittenRevision,
} from "./api/write.ts"
export type { Bundle, BundledFile, BundledRevision } from "./bundle/bundle.ts"
export type { ChangedFile } from "./bundle/changed.ts"
export { type Config, defineConfig } from "./config.ts"
export {
  type Connect,
  type Connection,
  ConnectionLost,
  type Notice,
  ServerError,
  type ServerErrorFields,
  type StatementResult,
} from "./db/connection.ts"
export type { AwsAuth, AzureAuth, CloudAuth, GoogleAuth } from "./db/tokens/cloud-auth.ts"
export type { HeldRevision } from "./deploy/hold.ts"
export type { CheckedLine, PreflightPolicy } from "./deploy/look.ts"
export type {
  DeployPlan,
  PlannedLock,
  PlannedRevision,
  PlannedStatement,
  PlannedWork,
  Waiting,
} from "./deploy/plan.ts"
export { parsePlanFile, printPlanFile } from "./deploy/plan-file.ts"
export type { RowsAtRisk } from "./deploy/rows-at-risk.ts"
export type { ReleaseStanding } from "./deploy/serving.ts"
export type { SignedEvidence } from "./deploy/signature.ts"
export type { Diagnostic, ErrorCode, Location, Severity } from "./diagnostic.ts"
export { ToolError } from "./diagnostic.ts"
export type { ObjectChange } from "./diff/object-change.ts"
export type { EnvironmentEvidence } from "./history/evidence.ts"
export type { Finding } from "./lint/finding.ts"
export type { AcceptedFinding } from "./lint/revision.ts"
export type { RuleId } from "./lint/rules.ts"
export type { Statistics } from "./lint/size.ts"
export type { Phase, Revision } from "./revisions/revision.ts"
export type { Blocker, LockHolder, RunEvent } from "./runner/event.ts"
export {
  defineRevision,
  type RevisionProgram,
  type RevisionTools,
  type SqlStatement,
  sql,
} from "./runner/program.ts"
