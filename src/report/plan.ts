import { bytes } from "../deploy/amount.ts"
import type { DeployPlan, PlannedRevision, PlannedStatement, PlannedWork, Waiting } from "../deploy/plan.ts"
import type { RowsAtRisk } from "../deploy/rows-at-risk.ts"
import type { Finding } from "../lint/finding.ts"
import { type Band, bandText } from "../lint/forecast.ts"
import { basis } from "../lint/size.ts"
import type { Colors } from "./colors.ts"
import { count } from "./count.ts"

export interface PrintPlanOptions {
  /** The file that it was written into. */
  readonly out?: string | undefined
  /** As the command line named it. */
  readonly environment?: string | undefined
}

/** Prints a plan for a person who decides whether it may run. */
export function printPlan(plan: DeployPlan, options: PrintPlanOptions, paint: Colors): string {
  const { database, environment, server, current, revisions, held, notes } = plan
  const where = environment === undefined ? database : `${database} (${environment})`
  const at = current.length === 0 ? "at base" : `at ${current.join(", ")}`
  const parts = revisions.map((revision) => printRevision(revision, paint))
  const waits = held.map(
    ({ id, title, reasons }) =>
      `${paint.yellow("held")} ${paint.bold(id)} ${title}\n${reasons.map((reason) => `  ${reason}`).join("\n")}`,
  )
  if (revisions.length === 0) {
    return [...waits, `${paint.green("nothing to do")}: ${where} is ${at}`].join("\n\n")
  }
  return [
    `plan ${paint.bold(plan.digest.slice(0, 12))} for ${where}, PostgreSQL ${server}, ${at}`,
    ...notes.map((note) => `${paint.yellow("note")}: ${note}`),
    ...parts,
    ...waits,
    [summary(plan, paint), ...next(plan, options)].join("\n"),
  ].join("\n\n")
}

function printRevision(revision: PlannedRevision, paint: Colors): string {
  const { id, title, file, phase, mode, statements, waiting, findings, accepted } = revision
  const how = mode === "steps" ? "step by step" : "one transaction"
  const facts = [phase, how, time(revision.forecast)].filter((fact) => fact !== null).join(", ")
  const width = Math.max(...statements.map(({ line }) => String(line).length), 1)
  return [
    `${paint.bold(id)} ${title} ${paint.dim(`(${facts})`)}`,
    paint.dim(file),
    ...statements.map((statement) => printStatement(statement, mode, width, paint)),
    ...waiting.filter(({ forecast }) => isLong(forecast)).map((each) => `  ${printWaiting(each, paint)}`),
    ...findings.filter(({ severity }) => severity !== "note").map((finding) => printFinding(finding, paint)),
    ...accepted.map(({ rule, because }) => paint.dim(`  accepted: ${rule} because ${because}`)),
  ].join("\n")
}

function printStatement(
  statement: PlannedStatement,
  mode: PlannedRevision["mode"],
  width: number,
  paint: Colors,
): string {
  const margin = " ".repeat(width + 4)
  const [first = "", ...others] = excerpt(statement.sql)
  const facts = statementFacts(statement, mode, paint)
  return [
    `  ${paint.dim(String(statement.line).padStart(width))}  ${first}`,
    ...others.map((line) => `${margin}${line}`),
    ...facts.map((fact) => `${margin}  ${fact}`),
  ].join("\n")
}

/** The first lines, as far as they say what it is. */
function excerpt(sql: string): readonly string[] {
  const lines = sql.split("\n")
  const shown = lines.slice(0, 4).map((line) => (line.length > 110 ? `${line.slice(0, 107)}...` : line))
  return lines.length > 4 ? [...shown, `... ${lines.length - 4} more lines`] : shown
}

/** Says what a statement locks, does and destroys, a line each. */
export function statementFacts(
  { transaction, locks, work, waitsForOthers, atRisk, untraced }: PlannedStatement,
  mode: PlannedRevision["mode"],
  paint: Colors,
): readonly string[] {
  const alone = transaction === "none" ? ["outside of a transaction"] : []
  const own = transaction === "own" && mode === "steps" ? ["in a transaction of its own"] : []
  return [
    ...[...alone, ...own].map(paint.dim),
    ...(waitsForOthers ? ["waits until the transactions that run now have ended"] : []),
    ...locks.map(({ relation, mode: lock, blocks }) =>
      blocks === null
        ? paint.dim(`locks ${short(relation)} ${lock}, nobody waits`)
        : `locks ${short(relation)} ${lock}, ${blocks} wait`,
    ),
    ...work.map((each) => printWork(each, paint)),
    ...atRisk.map((risk) => paint.red(describeRisk(risk))),
    ...(untraced === null ? [] : [paint.yellow(`not seen: ${untraced}`)]),
  ]
}

const doings: Readonly<Record<PlannedWork["kind"], (relation: string) => string>> = {
  rewrite: (relation) => `rewrites ${relation} and its indexes`,
  "index build": (relation) => `builds an index of ${relation}`,
  scan: (relation) => `reads all of ${relation}`,
  modification: (relation) => `changes rows of ${relation} without a bound`,
}

function printWork({ kind, relation, rows, bytes: size, forecast }: PlannedWork, paint: Colors): string {
  const large =
    rows === null || size === null
      ? "of unknown size"
      : `${bytes(size)}, ${count(rows, "row").replace(/\d+/, grouped)}`
  const text = `${doings[kind](short(relation))} (${large}): ${time(forecast)}`
  return isLong(forecast) ? paint.yellow(text) : text
}

/** One line: `removes column users.phone: 120 rows have a value`. */
export function describeRisk({ what, relation, column, rows, exact }: RowsAtRisk): string {
  const name = column === null ? short(relation) : `${short(relation)}.${column}`
  const number =
    rows === null
      ? "nobody could count how many rows"
      : `${exact ? "" : "about "}${grouped(String(rows))} ${rows === 1 ? "row" : "rows"}`
  switch (what) {
    case "table removed":
      return `removes table ${name}: ${number}`
    case "column removed":
      return `removes column ${name}: ${number} with a value`
    case "rows removed":
      return `removes rows of ${name}: ${number}`
    case "rows changed":
      return `changes rows of ${name}: ${number}`
    case "values converted":
      return `converts the values of ${name}: ${number} with a value`
  }
}

function printWaiting(
  { relation, whom, fromLine, forecast, writesPerSecond }: Waiting,
  paint: Colors,
): string {
  const busy =
    writesPerSecond === null || writesPerSecond < 0.1 ? "" : `, at ${writesPerSecond} rows written a second`
  return paint.yellow(`${whom} of ${short(relation)} wait ${time(forecast)}, from line ${fromLine} on${busy}`)
}

function printFinding({ severity, rule, message, line, fix }: Finding, paint: Colors): string {
  const color = severity === "error" ? paint.red : paint.yellow
  const rewrite = fix === undefined ? [] : fix.split("\n").map((each) => `    ${paint.green(each)}`)
  return [`  ${color(severity)} line ${line}: ${message} ${paint.dim(`[${rule}]`)}`, ...rewrite].join("\n")
}

function summary({ revisions, forecast, measured }: DeployPlan, paint: Colors): string {
  const statements = revisions.flatMap((revision) => revision.statements)
  const errors = revisions.flatMap(({ findings }) => findings).filter(({ severity }) => severity === "error")
  const risks = statements.flatMap(({ atRisk }) => atRisk).filter(({ rows }) => rows !== 0)
  const works = statements.some(({ work }) => work.length > 0)
  return [
    `${count(revisions.length, "revision")}, ${count(statements.length, "statement")}`,
    works ? `${time(forecast)} (${basis(measured)})` : time(forecast),
    errors.length === 0 ? "" : paint.red(count(errors.length, "error")),
    risks.length === 0 ? "" : paint.red("data at risk"),
  ]
    .filter((part) => part !== "")
    .join(", ")
}

function next(
  { environment: marked }: DeployPlan,
  { out, environment }: PrintPlanOptions,
): readonly string[] {
  const name = environment ?? marked
  const env = name === undefined ? "" : ` --env ${name}`
  return out === undefined
    ? []
    : [`written to ${out}; to apply exactly this: lockstep upgrade${env} --plan ${out}`]
}

function isLong(forecast: Band | null): boolean {
  return forecast === null || forecast.toMs >= 50
}

function time(forecast: Band | null): string {
  return forecast === null ? "for as long as the table is large" : bandText(forecast)
}

/** Names in `public` are known without it. */
function short(relation: string): string {
  return relation.replace(/^public\./, "")
}

/** `1234567` as `1,234,567`. */
function grouped(digits: string): string {
  return digits.replace(/\B(?=(?:\d{3})+$)/g, ",")
}
