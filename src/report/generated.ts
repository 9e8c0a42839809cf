import type { GeneratedRevision, GenerateResult } from "../api/generate.ts"
import type { Colors } from "./colors.ts"
import { count } from "./count.ts"

/** Says what was generated: what changes, what is locked, and what is at risk. */
export function generatedText(result: GenerateResult, dryRun: boolean, paint: Colors): string {
  const { revisions, byHand } = result
  const left = byHand.map(
    ({ object, because, sql }) => `${paint.yellow("by hand")} ${object}: ${because}\n  ${sql}`,
  )
  if (revisions.length === 0) {
    const nothing =
      byHand.length === 0
        ? "nothing to do: the revisions lead to the schema that is wanted"
        : "nothing that Lockstep would write"
    return [nothing, ...left].join("\n")
  }
  return [
    ...revisions.map((revision) => revisionLines(revision, dryRun, paint).join("\n")),
    ...left,
    "",
    ...closing(revisions),
  ].join("\n")
}

function revisionLines(revision: GeneratedRevision, dryRun: boolean, paint: Colors): readonly string[] {
  const { files, phase, losses, locks, rewrites, fills, risks } = revision
  const name = files.map(({ path }) => path).join(", ")
  return [
    `${paint.green(dryRun ? "would write" : "wrote")} ${name} (${phase})`,
    ...changeLines(revision).map((line) => `  ${line}`),
    ...fills.map((column) => `  fills ${column}, in batches`),
    ...locks.map(({ table, mode }) => paint.dim(`  locks ${table}: ${mode}${heldFor(table, rewrites)}`)),
    ...rewrites.map((table) => paint.yellow(`  rewrites ${table}: nobody reads or writes it meanwhile`)),
    ...losses.map((loss) => paint.red(`  loses ${loss}`)),
    ...risks.flatMap(({ sql, message, hint }) => [
      paint.yellow(`  at risk: fails where rows do not fit: ${message}`),
      `    ${firstLine(sql)}`,
      ...(hint === undefined ? [] : [`    ${hint}`]),
    ]),
    ...(dryRun ? ["", files[0]?.content ?? ""] : []),
  ]
}

/** A lock for a change of the catalog is let go at once; with a rewrite it is not. */
function heldFor(table: string, rewrites: readonly string[]): string {
  return rewrites.includes(table) ? ", until all rows are written again" : ", for a moment"
}

const signs = { create: "+", drop: "-", alter: "~" } as const
const mostChanges = 12

/** What belongs to a new or dropped table goes without saying. */
function changeLines({ changes }: GeneratedRevision): readonly string[] {
  const whole = changes
    .filter(({ change }) => change !== "alter")
    .map(
      ({ change, object }) =>
        `${change} ${object.replace(/^(?:(?:foreign )?table|(?:materialized )?view|(?:composite )?type) /, "")}`,
    )
  const isPart = (object: string, change: string) =>
    whole.some((each) => {
      const name = each.slice(change.length + 1)
      return each.startsWith(`${change} `) && (object.includes(` ${name}.`) || object.endsWith(` on ${name}`))
    })
  const lines = changes
    .filter(({ object, change }) => change === "alter" || !isPart(object, change))
    .map(({ change, object, properties = {} }) => {
      const names = Object.keys(properties)
      return `${signs[change]} ${object}${names.length === 0 ? "" : ` (${names.join(", ")})`}`
    })
  return lines.length <= mostChanges
    ? lines
    : [...lines.slice(0, mostChanges), `and ${lines.length - mostChanges} more`]
}

function firstLine(sql: string): string {
  const [line = "", ...more] = sql.split("\n")
  return more.length > 0 || line.length > 120 ? `${line.slice(0, 120)} ...` : line
}

function closing(revisions: readonly GeneratedRevision[]): readonly string[] {
  const phases = ["expand", "migrate", "contract"].flatMap((phase) => {
    const many = revisions.filter((revision) => revision.phase === phase).length
    return many === 0 ? [] : `${many} ${phase}`
  })
  const contracts = revisions.some(({ phase }) => phase === "contract")
  return [
    `${count(revisions.length, "revision")} (${phases.join(", ")}), proven on scratch, forward and backward; read them, then run: lockstep upgrade`,
    ...(contracts && phases.length > 1
      ? [
          "contract revisions are for when no code of before serves any more; lockstep deploy holds them until then",
        ]
      : []),
  ]
}
