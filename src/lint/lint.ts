import type { Node } from "libpg-query"
import { type Facts, type FactsOptions, readFacts } from "../prove/facts.ts"
import { movesRows } from "../prove/moves-rows.ts"
import { presumedQueries, presumedRole } from "../prove/presumed.ts"
import { type Before, observeBefore, type Proof, proveAfter } from "../prove/prove.ts"
import type { Query } from "../prove/query.ts"
import type { Scratch, ScratchDatabase } from "../scratch/scratch.ts"
import type { Statement } from "../sql/statements.ts"
import { auditTenantTables } from "../tenants/audit.ts"
import type { TenantRules } from "../tenants/rules.ts"
import { readViews } from "../tenants/views.ts"
import type { Observation, Trace } from "../trace/observation.ts"
import { trace } from "../trace/trace.ts"
import { openWatch, type Watch } from "../trace/watch.ts"
import { attribute } from "./attribute.ts"
import { judgeConventions, judgeRoles, readIndexedColumns } from "./conventions.ts"
import { detachedBy } from "./detached.ts"
import type { CatalogVerdict, Finding, Verdict } from "./finding.ts"
import { fixOf } from "./fixes.ts"
import type { Measurement } from "./forecast.ts"
import { judgeGathering, judgeLimits, judgeWork } from "./judge.ts"
import { readLoops } from "./loops.ts"
import { judgeCatalogs } from "./narrowing.ts"
import { judgeOutcome } from "./outcome.ts"
import { presumedOf } from "./presumed.ts"
import { judgeProof } from "./proof.ts"
import { type RuleBook, ruleBook, settled } from "./rule-settings.ts"
import { rulePages } from "./rules.ts"
import { type Statistics, sizesFrom } from "./size.ts"
import { judgeStatement } from "./statement.ts"
import { judgeTenants, noTenants } from "./tenants.ts"

export interface LintScriptOptions {
  readonly scratch: Scratch
  /** A database with the schema of before, which nobody is connected to. It stays as it is. */
  readonly template: ScratchDatabase
  readonly statements: readonly Statement[]
  /** What the application issues. Absent: nothing is known of it. */
  readonly queries?: readonly Query[]
  /** The role that it connects as. */
  readonly role?: string
  /** Sizes of tables; one that is missing counts as large and busy. */
  readonly statistics?: Statistics
  /** How long work took on the database that they are of. */
  readonly measurements?: readonly Measurement[]
  /** The facts of the template, where they are known: reading them takes as long as tracing a statement. */
  readonly before?: Facts
  /** What the queries did in the template, where it is known: it belongs to the caller. */
  readonly baseline?: Before
  /** Not all of the schema of before could be loaded. */
  readonly incomplete?: boolean
  /** Rules that new tables must keep to. */
  readonly tenants?: TenantRules
  /** Runs before the first statement: the settings of a runner. */
  readonly prepare?: string
  /** Looks which tables and columns each statement removes. Default: false. */
  readonly removals?: boolean
  /** Default: every rule as its page says. */
  readonly rules?: RuleBook
}

export interface LintedScript {
  /** In the order of the statements, the worst of each first. */
  readonly findings: readonly Finding[]
  readonly trace: Trace
  readonly after: Facts
  /** Tables that the rules for tenants hold for, as `schema.table`. */
  readonly tenantTables: readonly string[]
  /** What views are made of, by `schema.view`, where there are such tables. */
  readonly views: ReadonlyMap<string, Node>
  /** Of the queries that were given. */
  readonly proof?: Proof
}

/** Runs a script on scratch, watches what it does, and says what that would do to a database that serves. */
export async function lintScript(options: LintScriptOptions): Promise<LintedScript> {
  const { scratch, template, statements } = options
  await using database = await scratch.database(template)
  await using watch = await openWatch(database)
  const before = options.before ?? (await readFacts(watch.observer, factsFor(statements)))
  const queries = options.queries ?? (await presumedQueries(statements, before))
  const role = options.queries === undefined ? (options.role ?? presumedRole(before)) : options.role
  const proving = { template, statements, queries, facts: before, ...(role === undefined ? {} : { role }) }
  const nothingToProve = options.queries === undefined && queries.length === 0
  // What roles may do is known to the whole server: the baseline comes first.
  const baseline = options.baseline ?? (nothingToProve ? undefined : await observeBefore(scratch, proving))
  const proven = options.queries !== undefined
  const prove = baseline && ((after: Facts) => proveAfter(scratch, baseline, database, proving, after))
  const linted = await lintOn(watch, {
    ...options,
    before,
    proven,
    ...(prove === undefined ? {} : { prove }),
  })
  if (baseline?.seeded === true && options.baseline === undefined)
    await baseline.database[Symbol.asyncDispose]()
  return linted
}

/** Where sequences stand is asked only for scripts that may move one. */
function factsFor(statements: readonly Statement[]): FactsOptions {
  return { sequenceValues: statements.some(({ sql }) => /setval|restart|\b(?:do|call|select)\b/i.test(sql)) }
}

export interface LintOnOptions extends Omit<LintScriptOptions, "template" | "queries"> {
  readonly before: Facts
  /** What `prove` proves is what the application issues, not what any application would. */
  readonly proven?: boolean
  /** Proves queries once the script has run. */
  readonly prove?: (after: Facts) => Promise<Proof>
}

/** The same on a database that may keep what the script does: the next script goes on from there. */
export async function lintOn(watch: Watch, options: LintOnOptions): Promise<LintedScript> {
  const { scratch, statements, prepare, removals, tenants } = options
  const { observer } = watch
  const reading = factsFor(statements)
  const isEnough =
    !reading.sequenceValues || Object.values(options.before.sequences).every(({ next }) => next !== null)
  const before = isEnough ? options.before : await readFacts(observer, reading)
  const tenantsBefore = tenants === undefined ? noTenants : await auditTenantTables(observer, tenants)
  const observed = await trace(watch, statements, {
    makeRole: (name) => scratch.makeRole(name),
    makeActor: (name) => scratch.makeActor(name),
    ...(prepare === undefined ? {} : { prepare }),
    ...(removals === undefined ? {} : { removals }),
  })
  const after = await readFacts(observer, reading)
  const loops = await readLoops(observer, observed.observations)
  const proof = await options.prove?.(after)
  const tenantsAfter = tenants === undefined ? noTenants : await auditTenantTables(observer, tenants)
  const rules = options.rules ?? ruleBook()
  const kept = [
    ...judgeTenants(tenantsBefore.findings, tenantsAfter.findings),
    ...judgeConventions(before, after, await readIndexedColumns(observer, rules), rules),
  ]
  const judged = judge(observed, { before, after, loops, kept, proof, rules, options })
  const findings = settled(toFindings(judged), rules)
  return {
    findings,
    trace: observed,
    after,
    tenantTables: tenantsAfter.names,
    views: tenantsAfter.names.length > 0 && options.proven === true ? await readViews(observer) : new Map(),
    ...(proof === undefined || options.proven !== true ? {} : { proof }),
  }
}

/** Reads the facts of a scratch database. */
export async function factsOf(database: ScratchDatabase): Promise<Facts> {
  const connection = await database.connect("lint")
  try {
    return await readFacts(connection)
  } finally {
    await connection.close()
  }
}

interface Known {
  readonly before: Facts
  readonly after: Facts
  readonly loops: Awaited<ReturnType<typeof readLoops>>
  readonly kept: readonly CatalogVerdict[]
  readonly rules: RuleBook
  readonly proof: Proof | undefined
  readonly options: LintOnOptions
}

type Judged = readonly (readonly [Observation, readonly Verdict[]])[]

function judge(
  { observations, known, leftOpen, madeUp }: Trace,
  { before, after, loops, kept, proof, rules, options }: Known,
): Judged {
  const sizes = sizesFrom(options.statistics ?? {}, options.measurements)
  const relations = [...known.values()]
  const application = options.role ?? presumedRole(before)
  const gathered = judgeGathering(observations, sizes)
  const catalogs = attribute(
    [
      ...judgeCatalogs({
        before,
        after,
        proven: options.proven === true,
        role: options.role,
        application,
        movesRows: observations.some(({ node }) => movesRows(node) && !isDrop(node)),
        detached: detachedBy(observations, relations),
      }),
      ...kept,
    ],
    observations,
  )
  const broken =
    proof === undefined
      ? new Map()
      : judgeProof(
          options.proven === true ? proof : presumedOf(proof, { before, after }, application),
          observations,
          sizes,
          relations,
        )
  return observations.map((observation, index) => {
    const earlier = observations.slice(0, index)
    const own: Verdict[] = [
      ...judgeOutcome(observation, { earlier, madeUp, incomplete: options.incomplete === true }),
      ...judgeWork(observation, sizes),
      ...(gathered.get(observation) ?? []),
      ...judgeLimits(observation, sizes),
      ...judgeStatement(observation, {
        sizes,
        known: relations,
        before,
        after,
        loops: loops.get(observation) ?? [],
        proven: options.proven === true,
      }),
      ...judgeRoles(observation.node, rules),
      ...(observation === leftOpen ? [unfinished] : []),
      ...(catalogs.get(observation) ?? []),
      ...(broken.get(observation) ?? []),
    ]
    return [observation, own]
  })
}

function isDrop(node: Node | undefined): boolean {
  return node !== undefined && "DropStmt" in node
}

const unfinished: Verdict = {
  rule: "transaction-left-open",
  message: "begins a transaction that the script does not commit: all of it is rolled back",
}

/** Rules whose findings the rewrite of the statement answers. */
const rewritten: ReadonlySet<string> = new Set([
  "blocking-index-build",
  "blocking-scan",
  "blocking-rewrite",
  "weaker-lock-available",
])

const ranks = { error: 0, warning: 1, note: 2 }

function toFindings(judged: Judged): readonly Finding[] {
  return judged.flatMap(([{ statement, node }, verdicts]) => {
    const rewrite = fixOf(statement.sql, node)
    const findings = verdicts.map(({ rule, message, relation, severity }): Finding => {
      const fix = rewritten.has(rule) ? rewrite : undefined
      return {
        rule,
        severity: severity ?? rulePages[rule].severity,
        statement: statement.sql,
        relation: relation ?? null,
        message,
        file: statement.file,
        line: statement.line,
        ...(fix === undefined ? {} : { fix }),
      }
    })
    const distinct = new Map(findings.map((each) => [`${each.rule} ${each.relation} ${each.message}`, each]))
    return [...distinct.values()].sort((a, b) => ranks[a.severity] - ranks[b.severity])
  })
}
