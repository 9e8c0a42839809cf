import { ToolError } from "../diagnostic.ts"
import type { Scratch } from "../scratch/scratch.ts"
import type { Source } from "../sql/source.ts"
import { type UnboundQuery, unboundQueries } from "../tenants/queries.ts"
import { checkOptions, type OptionKinds } from "./check-options.ts"
import {
  type Examined,
  examineTogether,
  type LintOptions,
  lintKinds,
  openBefore,
  type Place,
  replayBefore,
  type Span,
  spanOf,
} from "./lint.ts"
import { openProject, type Project, type RevisionSummary, summary } from "./project.ts"

export interface ProveOptions extends Omit<LintOptions, "only" | "statistics"> {
  /**
   * What the release to come issues: SQL, or a `queries.json`. What the releases that serve in `target` issue is known
   * there, where their deploys were given it. Default: none.
   */
  readonly queries?: readonly Source[]
}

const { only: _, statistics: __, ...proveKinds }: OptionKinds<LintOptions> = lintKinds

/** A query that does not do after what it did before. */
export interface BrokenQuery {
  readonly query: string
  readonly sql: string
  /** Where it comes from, as `file:line`. */
  readonly from: readonly string[]
  /** The releases that serve and issue it; empty where only the release to come does. */
  readonly releases: readonly string[]
  readonly severity: "error" | "warning" | "note"
  /** What happens to it: `fails with 42703: column "name" does not exist`. */
  readonly message: string
  readonly sqlState?: string
  /** The statement after which it broke, and where it stands. */
  readonly statement: string
  readonly file: string
  readonly line: number
}

export interface ProveResult {
  readonly revisions: readonly RevisionSummary[]
  /** How many queries worked before, so that something can be said about them. */
  readonly proven: number
  readonly broken: readonly BrokenQuery[]
  /** Queries that take rows of tenant tables and do not say of which tenant, where the configuration declares such. */
  readonly tenants: readonly UnboundQuery[]
  /** Queries that did not work before: those of new code work afterwards. */
  readonly unproven: readonly {
    readonly query: string
    /** What it failed with before. */
    readonly because: string
    /** What it fails with after; absent where it works then. */
    readonly afterwards?: string
  }[]
  /** The releases that serve in the target and whose queries are known. */
  readonly releases: readonly string[]
}

/**
 * Says whether queries that work now still work after what is pending in the target, or after a range of revisions. The
 * target is only read; everything runs on a scratch server of its major version.
 */
export async function prove(options: ProveOptions): Promise<ProveResult> {
  checkOptions(options, proveKinds)
  const project = await openProject(options)
  const span = await spanOf(
    project,
    options.target === undefined ? { range: "base:heads", ...options } : options,
  )
  if (options.queries === undefined && (span.served ?? []).length === 0) throw noQueries()
  return proveSpan(project, span, options)
}

function noQueries(): ToolError {
  return new ToolError("wrong-operands", "nothing says what the application issues", {
    hint: "record it with lockstep/record, or: lockstep queries pull > queries.sql, then lockstep prove --queries queries.sql",
  })
}

/** Proves the queries against revisions that are known already. */
export async function proveSpan(project: Project, span: Span, options: ProveOptions): Promise<ProveResult> {
  await using at = await openBefore(span, options)
  return await proveAt(project, span, at, options)
}

/** The same on a scratch server that is open, where what leads to them is replayed. */
export async function proveOn(
  project: Project,
  span: Span,
  scratch: Scratch,
  options: ProveOptions,
): Promise<ProveResult> {
  return await proveAt(
    project,
    span,
    { scratch, database: await replayBefore(span, scratch, options) },
    options,
  )
}

async function proveAt(project: Project, span: Span, at: Place, options: ProveOptions): Promise<ProveResult> {
  return proofOf(span, await examineTogether(project, span, at, options), options)
}

/** What was proven where revisions were examined with queries. */
export function proofOf(
  span: Span,
  { proof, statements, queries, tenantTables, views }: Examined,
  options: Pick<ProveOptions, "tenants">,
): ProveResult {
  return {
    revisions: span.revisions.map(summary),
    proven: proof?.proven ?? 0,
    broken: (proof?.breakages ?? []).map(({ query, severity, message, sqlState, statement }) => {
      const { sql = "", file = "", line = 1 } = statements[statement] ?? {}
      return {
        query: query.name,
        sql: query.sql,
        from: query.from,
        releases: query.releases,
        severity,
        message,
        ...(sqlState === undefined ? {} : { sqlState }),
        statement: sql,
        file,
        line,
      }
    }),
    tenants:
      options.tenants === undefined
        ? []
        : unboundQueries(queries ?? [], options.tenants, tenantTables, views),
    unproven: (proof?.unproven ?? []).map(({ query, because, afterwards }) => ({
      query: query.name,
      because,
      ...(afterwards === undefined ? {} : { afterwards }),
    })),
    releases: (span.served ?? []).map(({ release }) => release),
  }
}
