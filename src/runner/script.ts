import type { OwnerOptions } from "../api/options.ts"
import { ToolError } from "../diagnostic.ts"
import { installText } from "../history/install.ts"
import { insertRun, insertStep, noteBackend, type Run, table, updateStep } from "../history/record.ts"
import { currentFormat } from "../history/tables.ts"
import { qualified, quoteLiteral } from "../sql/identifier.ts"
import type { Step } from "../sql/step.ts"
import type { Rows } from "./execute.ts"
import { programFailure } from "./failure.ts"
import { beginText, type Limits, limitsFor, sessionText } from "./limits.ts"
import { becomeOwner, checkNew } from "./owner.ts"
import { ProgramError } from "./program.ts"
import { beforeRecord, cleanText, migratorTransaction } from "./session.ts"
import type { Work } from "./work.ts"

export interface ScriptOptions {
  readonly schema: string
  readonly run: Run
  readonly limits: Limits
  /** Ids that must be applied before, checked when the script runs; none where it starts from an empty history. */
  readonly from: readonly string[]
  /** Whom revisions run as, where it is not the connecting role. */
  readonly owner?: OwnerOptions
}

/**
 * Prints the work as one psql script that leaves the same state as running it, history included. It stops at the
 * first error, and at once where the database is not where the script begins.
 *
 * @throws ToolError `revision-needs-database` for a TypeScript revision that reads, `revision-threw`
 */
export async function scriptOf(works: readonly Work[], options: ScriptOptions): Promise<string> {
  const { schema, run, from } = options
  const parts = [
    `-- Lockstep ${run.toolVersion}: ${works.length} ${works.length === 1 ? "revision" : "revisions"}
\\set ON_ERROR_STOP on
\\set AUTOCOMMIT on
${encoding}`,
    ...(from.length === 0 ? [historyWhereMissing(schema)] : []),
    guardText(works, options),
    `${insertRun(schema, run)};`,
  ]
  for (const work of works) parts.push(await workText(work, options))
  return `${parts.join("\n\n")}\n`
}

/** What is printed is UTF-8, whatever the terminal says; RESET ALL forgets it. */
const encoding = "\\encoding UTF8"

function historyWhereMissing(schema: string): string {
  return `select pg_catalog.to_regclass(${quoteLiteral(table(schema, "revision"))}) is null as lockstep_is_new \\gset
\\if :lockstep_is_new
begin;
set local client_min_messages = warning;
${installText(schema)};
commit;
\\endif`
}

function guardText(works: readonly Work[], { schema, from, run }: ScriptOptions): string {
  const revisions = works.map(({ revision }) => revision)
  const ids = revisions.filter(({ repeatable }) => !repeatable).map(({ id }) => id)
  const protection = `(select value from ${table(schema, "meta")} where key = 'protected')`
  const guards = [
    `if pg_catalog.to_regclass(${quoteLiteral(table(schema, "revision"))}) is null then
    raise exception 'this database has no Lockstep history, and the script begins after %', ${list(from)};
  end if;`,
    `select value into problem from ${table(schema, "meta")} where key = 'format';
  if problem is distinct from '${currentFormat}' then
    raise exception 'the history of this database has format %, and the script was made for format ${currentFormat}', problem;
  end if;`,
    refuse(
      `select value from ${table(schema, "meta")} where key = 'environment' and ${run.environment === undefined ? `${protection} = 'true'` : `value <> ${quoteLiteral(run.environment)}`}`,
      `this database is marked as environment %, and the script was made for ${run.environment ?? "none"}`,
    ),
    refuse(
      `select pg_catalog.string_agg(id, ', ') from pg_catalog.unnest(array[${from.map(quoteLiteral).join(", ")}]::text[]) as id where id not in (select r.id from ${table(schema, "revision")} r)`,
      "this script begins after %, which is not applied here",
    ),
    refuse(
      `select pg_catalog.string_agg(id, ', ') from ${table(schema, "revision")} where id in (${ids.map(quoteLiteral).join(", ") || "null"})`,
      "% is applied here already",
    ),
    refuse(
      `select pg_catalog.string_agg(distinct revision, ', ') from ${table(schema, "step")}`,
      "% was begun by an interrupted run; finish it with lockstep upgrade",
    ),
  ]
  return doBlock(`declare problem text;\nbegin\n  ${guards.join("\n  ")}\nend`)
}

function list(ids: readonly string[]): string {
  return quoteLiteral(ids.join(", ") || "base")
}

/** @param query gives what is in the way, or no row or null */
function refuse(query: string, message: string): string {
  return `problem := (${query});
  if problem is not null then raise exception using message = pg_catalog.replace(${quoteLiteral(message)}, '%', problem); end if;`
}

/** The tag of its quotes does not stand in it: an id or a verification may hold any text. */
function doBlock(body: string): string {
  let tag = "$lockstep"
  while (body.includes(tag)) tag += "_"
  return `do ${tag}$\n${body}\n${tag}$;`
}

async function workText(work: Work, options: ScriptOptions): Promise<string> {
  const { id, title, file } = work.revision
  const heading = `-- revision ${id}: ${title} (${file})`
  const steps = work.steps ?? (await programSteps(work))
  const text =
    work.mode === "transaction" ? transactionText(work, steps, options) : stepwiseText(work, steps, options)
  return `${heading}\n${text}\n${cleanText};\n${encoding}`
}

function transactionText(work: Work, steps: readonly Step[], options: ScriptOptions): string {
  const limits = limitsFor(work.revision, options.limits)
  return [
    ...openText(work, options),
    ...steps.map(stepText),
    ...work.verify.map((step) => verifyText(work, step)),
    `${beforeRecord("clean", limits)};`,
    ...checking(options.owner),
    `${work.record(options.run.id)};`,
    "commit;",
  ].join("\n")
}

function becoming(owner: OwnerOptions | undefined, extent: "transaction" | "session"): string[] {
  return owner === undefined ? [] : [becomeOwner(owner, extent).trimEnd()]
}

function checking(owner: OwnerOptions | undefined): string[] {
  return owner === undefined ? [] : [checkNew(owner).trimEnd()]
}

/** The same lock that a runner takes, so that the script and a runner cannot work at the same time. */
function openText(work: Work, { schema, limits, owner }: ScriptOptions): string[] {
  return [
    `${beginText(limitsFor(work.revision, limits))};`,
    `lock table ${table(schema, "lock")} in exclusive mode nowait;`,
    ...becoming(owner, "transaction"),
  ]
}

function stepwiseText(work: Work, steps: readonly Step[], options: ScriptOptions): string {
  const { schema, run } = options
  const { compatible } = work
  const limits = limitsFor(work.revision, options.limits)
  const parts = [...becoming(options.owner, "session"), `${sessionText(work.revision, options.limits)};`]
  steps.forEach((step, index) => {
    const key = { revision: work.revision.id, direction: work.direction, position: index + 1 }
    const { sql } = step
    if (step.session) {
      parts.push(stepText(step))
    } else if (step.transaction === "allowed" && !mayCommit(step)) {
      const done = insertStep(schema, run.id, key, { sql, compatible, state: "done" })
      parts.push(
        ...openText(work, options),
        stepText(step),
        `${beforeRecord("keep", limits)};`,
        ...checking(options.owner),
        `${done};`,
        "commit;",
      )
    } else {
      const effect = step.effect ?? { kind: "unknown" as const }
      const started = insertStep(schema, run.id, key, { sql, effect, compatible, state: "started" })
      const done = updateStep(schema, key, "done")
      parts.push(
        `${migratorTransaction(`${started};\n${noteBackend(schema, key)}`)};`,
        stepText(step),
        ...checkText(step),
        `${migratorTransaction(done)};`,
      )
    }
  })
  parts.push(
    ...openText(work, options),
    ...work.verify.map((step) => verifyText(work, step)),
    `${beforeRecord("clean", limits)};`,
    `${work.record(run.id)};`,
    "commit;",
  )
  return parts.join("\n")
}

/** A procedure or a DO block may commit, and its text does not show it; outside a transaction it may do as it likes. */
function mayCommit({ sql }: Step): boolean {
  return /^(call|do)\b/i.test(sql)
}

/** CREATE INDEX CONCURRENTLY IF NOT EXISTS skips over an invalid leftover. */
function checkText({ effect }: Step): string[] {
  if (effect?.kind !== "create-index" || effect.name === undefined) return []
  const { table: indexed, name } = effect
  return [
    doBlock(`begin
  if exists (select from pg_catalog.pg_index i join pg_catalog.pg_class c on c.oid = i.indexrelid
    where i.indrelid = pg_catalog.to_regclass(${quoteLiteral(qualified(indexed))})::pg_catalog.oid and c.relname = ${quoteLiteral(name)} and not i.indisvalid) then
    raise exception using message = ${quoteLiteral(`index ${name} exists, but is not valid`)};
  end if;
end`),
  ]
}

function stepText(step: Step): string {
  if (step.values !== undefined) throw needsDatabase(step.file, "it passes values apart from the SQL text")
  if (step.copy === undefined) return `${step.sql};`
  return `${step.sql};\n${step.copy}${step.copy === "" || step.copy.endsWith("\n") ? "" : "\n"}\\.`
}

/** psql only stops at errors, so that a verification that returns false has to become one. */
function verifyText(work: Work, step: Step): string {
  if (!/^\s*(select|with|values|table)\b/i.test(step.sql)) return stepText(step)
  const message = quoteLiteral(`revision ${work.revision.id}: a verification returned false`)
  return doBlock(`begin
  if exists (select from (
${step.sql}
  ) as checked where (select value::text from pg_catalog.json_each(pg_catalog.row_to_json(checked)) limit 1) = 'false') then
    raise exception using message = ${message};
  end if;
end`)
}

async function programSteps(work: Work): Promise<readonly Step[]> {
  const { file } = work.revision
  const steps: Step[] = []
  const refuse = (): never => {
    throw needsDatabase(file, "it reads the database")
  }
  const body = work.body({ query: async () => refuse(), log: () => undefined })
  // What it is given in place of an answer cannot be looked at.
  const unread: Rows = new Proxy([], { get: refuse })
  try {
    for (;;) {
      const next = await body.next(unread)
      if (next.done) return steps
      steps.push(next.value)
    }
  } catch (error) {
    if (!(error instanceof ProgramError)) throw error
    throw programFailure(error, work, { stays: "no database was asked", hint: "correct the program" })
  }
}

function needsDatabase(file: string, reason: string): ToolError {
  return new ToolError("revision-needs-database", `${file} cannot be printed as SQL: ${reason}`, {
    location: { file, line: 1 },
    hint: "apply it with lockstep upgrade, or leave it out of the range",
  })
}
