/**
 * Lockstep as a library: every command is an async function that takes one options object and returns plain data.
 * Nothing here prints, exits, or reads the environment; an `AbortSignal` stops a run cleanly.
 *
 * @example
 * import { upgrade } from "lockstep"
 * const { applied } = await upgrade({ url: "postgres://localhost/shop", migrations: "migrations" })
 */
export type { Diagnostic, ErrorCode, Location, Severity } from "./diagnostic.ts"
export { ToolError } from "./diagnostic.ts"
export type { Connect, Connection } from "./db/connection.ts"
export { downgrade, type DowngradeOptions, type DowngradeResult } from "./api/downgrade.ts"
export { markEnvironment, type MarkEnvironmentOptions, type MarkEnvironmentResult } from "./api/environment.ts"
export {
  events,
  type EventsOptions,
  type EventsResult,
  type HistoryEntry,
  type HistoryOptions,
  type HistoryResult,
  history,
} from "./api/history.ts"
export type { Actor, NameOptions, ProjectOptions, RunOptions, TargetOptions } from "./api/options.ts"
export {
  type PreviewResult,
  previewUpgrade,
  type ScriptResult,
  type ScriptUpgradeOptions,
  scriptUpgrade,
} from "./api/preview.ts"
export type { RevisionSummary } from "./api/project.ts"
export { stamp, type StampOptions, type StampResult } from "./api/stamp.ts"
export { status, type StatusOptions, type StatusResult } from "./api/status.ts"
export { upgrade, type UpgradeOptions, type UpgradeResult } from "./api/upgrade.ts"
export type { Blocker, LockHolder, RunEvent } from "./runner/event.ts"
export { defineRevision, type RevisionProgram, type RevisionTools, type SqlStatement, sql } from "./runner/program.ts"
export type { Phase, Revision } from "./revisions/revision.ts"
