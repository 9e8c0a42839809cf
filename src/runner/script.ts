import { ToolError } from "../diagnostic.ts"
import { installText } from "../history/install.ts"
import { insertRun, type Run, table, updateStep, upsertStep } from "../history/record.ts"
import { quoteLiteral } from "../sql/identifier.ts"
import type { Step } from "../sql/step.ts"
import type { Rows } from "./execute.ts"
import { beginText, type Limits, limitsFor, sessionText } from "./limits.ts"
import type { Work } from "./work.ts"

export interface ScriptOptions {
  readonly schema: string
  readonly run: Run
  readonly limits: Limits
  /** Ids that must be applied before, checked when the script runs; none where it starts from an empty history. */
  readonly from: readonly string[]
}

/**
 * Prints the work as one psql script that leaves the same state as running it, history included. It stops at the
 * first error, and at once where the database is not where the script begins.
 *
 * @throws ToolError `revision-needs-database` for a TypeScript revision that reads
 */
export async function scriptOf(works: readonly Work[], options: ScriptOptions): Promise<string> {
  const { schema, run, from } = options
  const parts = [
    `-- Lockstep ${run.toolVersion}: ${works.length} ${works.length === 1 ? "revision" : "revisions"}\n\\set ON_ERROR_STOP on`,
    from.length === 0 ? transaction(installText(schema)) : guardText(schema, from),
    `${insertRun(schema, run)};`,
  ]
  for (const work of works) parts.push(await workText(work, options))
  return `${parts.join("\n\n")}\n`
}

function transaction(text: string): string {
  return `begin;\n${text};\ncommit;`
}

function guardText(schema: string, from: readonly string[]): string {
  const ids = from.map(quoteLiteral).join(", ")
  return `do $lockstep$
declare missing text;
begin
  select string_agg(id, ', ') into missing from unnest(array[${ids}]) as id
  where id not in (select r.id from ${table(schema, "revision")} r);
  if missing is not null then
    raise exception 'this script begins after %, which is not applied here', missing;
  end if;
end
$lockstep$;`
}

async function workText(work: Work, options: ScriptOptions): Promise<string> {
  const { id, title, file } = work.revision
  const heading = `-- revision ${id}: ${title} (${file})`
  const steps = work.steps ?? (await programSteps(work))
  const text =
    work.mode === "transaction" ? transactionText(work, steps, options) : stepwiseText(work, steps, options)
  return `${heading}\n${text}\n${resetText}`
}

const resetText = "reset session authorization;\nreset role;\nreset all;"

function transactionText(work: Work, steps: readonly Step[], options: ScriptOptions): string {
  return [
    ...openText(work, options),
    ...steps.map(stepText),
    ...work.verify.map((step) => verifyText(work, step)),
    ...closeText(work.record(options.run.id)),
  ].join("\n")
}

/** The same lock that a runner takes, so that the script and a runner cannot work at the same time. */
function openText(work: Work, { schema, limits }: ScriptOptions): string[] {
  return [
    `${beginText(limitsFor(work.revision, limits))};`,
    `lock table ${table(schema, "lock")} in exclusive mode nowait;`,
  ]
}

function closeText(record: string): string[] {
  return ["set local session authorization default;", "set local role to default;", `${record};`, "commit;"]
}

function stepwiseText(work: Work, steps: readonly Step[], options: ScriptOptions): string {
  const { schema, run } = options
  const parts = [`${sessionText(work.revision, options.limits)};`]
  steps.forEach((step, index) => {
    const key = { revision: work.revision.id, direction: work.direction, position: index + 1 }
    if (step.session) parts.push(stepText(step))
    else if (step.transaction === "allowed") {
      const done = upsertStep(schema, run.id, key, { sql: step.sql, state: "done" })
      parts.push(...openText(work, options), stepText(step), ...closeText(done))
    } else {
      const started = upsertStep(schema, run.id, key, {
        sql: step.sql,
        effect: step.effect,
        state: "started",
      })
      parts.push(`${started};`, stepText(step), `${updateStep(schema, key, "done")};`)
    }
  })
  parts.push(
    ...openText(work, options),
    ...work.verify.map((step) => verifyText(work, step)),
    ...closeText(work.record(run.id)),
  )
  return parts.join("\n")
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
  return `do $lockstep$
begin
  if exists (select from (
${step.sql}
  ) as checked where (select value::text from json_each(row_to_json(checked)) limit 1) = 'false') then
    raise exception using message = ${message};
  end if;
end
$lockstep$;`
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
  for (;;) {
    const next = await body.next(unread)
    if (next.done) return steps
    steps.push(next.value)
  }
}

function needsDatabase(file: string, reason: string): ToolError {
  return new ToolError("revision-needs-database", `${file} cannot be printed as SQL: ${reason}`, {
    location: { file, line: 1 },
    hint: "apply it with lockstep upgrade, or leave it out of the range",
  })
}
