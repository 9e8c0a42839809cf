import { type PreviewResult, previewUpgrade, type ScriptResult, scriptUpgrade } from "../../api/preview.ts"
import { upgrade as runUpgrade, type UpgradeOptions, type UpgradeResult } from "../../api/upgrade.ts"
import { ToolError } from "../../diagnostic.ts"
import type { Colors } from "../../report/colors.ts"
import { count } from "../../report/count.ts"
import { appliedMarkdown } from "../../report/markdown.ts"
import { seconds } from "../../report/progress.ts"
import { defineCommand, type Outcome } from "../command.ts"
import type { Context } from "../context.ts"
import { given, someOf } from "../given.ts"
import { readPlan } from "../read-plan.ts"
import { runOptions, unknownOutcome } from "../run-options.ts"
import { metricsOption } from "../tell-options.ts"

export const upgrade = defineCommand({
  name: "upgrade",
  description:
    "Applies what is pending, in the order of the graph, each revision once. A revision is one transaction together with its history row, or a sequence of recorded steps where PostgreSQL forbids a transaction. With nothing to do it writes nothing; after a failure it is safe to run again.",
  operands: {
    revisions: {
      many: true,
      help: "Where to go: `head` (the default), `heads`, an id or its beginning, `+2`, `<label>@head`; with `--sql` a range `a:b`",
    },
  },
  options: {
    dryRun: {
      type: "flag",
      help: "Show which revisions and statements would run, from the database's real state, and write nothing",
    },
    sql: {
      type: "flag",
      help: "Print the range as one psql script, history rows included; no database is asked",
    },
    plan: {
      type: "text",
      value: "path",
      help: "Apply exactly what this file of `lockstep plan --out plan.json` says; refuse where the database or the revisions have moved since",
    },
    ...runOptions,
    outOfOrder: {
      type: "choice",
      choices: ["error", "allow", "warn"],
      setting: "outOfOrder",
      help: "What is done with a pending revision that comes before an applied one",
    },
    ...metricsOption,
  },
  examples: [
    { line: "upgrade", says: "everything that is pending, up to the single head" },
    { line: "upgrade --dry-run", says: "what would run" },
    { line: "upgrade +1", says: "the next revision only" },
    {
      line: "upgrade --plan plan.json",
      says: "what `lockstep plan --out plan.json` has written, and nothing else",
    },
    { line: "upgrade billing@head --env prod", says: "the branch billing, in the environment prod" },
    { line: "upgrade --sql 4f2a:head > upgrade.sql", says: "a script for somebody else to run" },
  ],
  async run(options, { revisions }, context) {
    if (options.sql) {
      refuseBesideSql(options)
      return script(revisions, context)
    }
    if (options.plan !== undefined) refuseBesidePlan(options, revisions)
    const { outOfOrder } = await context.configuration()
    const upgradeOptions: UpgradeOptions = {
      ...(await context.runOptions()),
      ...given({
        to: someOf(revisions),
        plan: options.plan === undefined ? undefined : readPlan(context.io.cwd, options.plan),
      }),
      singleTransaction: options.singleTransaction,
      outOfOrder,
      unknownOutcome: unknownOutcome(options),
    }
    if (options.dryRun) {
      const result = await previewUpgrade(upgradeOptions)
      return { result, diagnostics: result.warnings, text: (paint) => previewText(result, paint) }
    }
    const result = await runUpgrade(upgradeOptions)
    return {
      result,
      diagnostics: result.warnings,
      markdown: () => appliedMarkdown(result),
      text: (paint) => upgradeText(result, paint),
    }
  },
})

/** A flag that a script cannot follow is not passed over in silence. */
function refuseBesideSql(flags: {
  readonly dryRun: boolean
  readonly singleTransaction: boolean
  readonly plan?: string | undefined
}): void {
  const { dryRun, singleTransaction, plan } = flags
  const flag = dryRun
    ? "--dry-run"
    : singleTransaction
      ? "--single-transaction"
      : plan === undefined
        ? undefined
        : "--plan"
  if (flag === undefined) return
  throw new ToolError("invalid-option", `--sql and ${flag} exclude each other`, {
    subject: flag,
    hint: "--sql prints a script and runs nothing",
  })
}

/** A plan says what is applied, and that it was looked at. */
function refuseBesidePlan({ dryRun }: { readonly dryRun: boolean }, revisions: readonly string[]): void {
  const other = dryRun ? "--dry-run" : revisions[0]
  if (other === undefined) return
  throw new ToolError("invalid-option", `--plan and ${other} exclude each other`, { subject: other })
}

async function script(revisions: readonly string[], context: Context): Promise<Outcome<ScriptResult>> {
  const [range, extra] = revisions
  if (extra !== undefined)
    throw new ToolError("wrong-operands", "--sql takes one range", {
      subject: extra,
      hint: "such as base:head, or <from>:<to>",
    })
  const result = await scriptUpgrade({
    ...(await context.scriptOptions()),
    ...given({ range }),
  })
  return { result, text: result.sql, verbatim: true }
}

function previewText({ revisions, database }: PreviewResult, paint: Colors): string {
  if (revisions.length === 0) return `${paint.green("nothing to do")} in ${database}`
  const parts = revisions.map(({ id, title, file, mode, steps }) => {
    const how = mode === "steps" ? paint.yellow("outside a transaction, step by step") : "in one transaction"
    const head = `${paint.bold(id)} ${title} ${paint.dim(`(${file}, ${how})`)}`
    if (steps === undefined) return `${head}\n  what it does is decided while it runs`
    return [head, ...steps.map(({ sql }) => indent(`${sql};`))].join("\n")
  })
  return [
    ...parts,
    `${count(revisions.length, "revision")} would be applied to ${database}; nothing was written`,
  ].join("\n\n")
}

function indent(sql: string): string {
  return sql.replace(/^(?=.)/gm, "  ")
}

function upgradeText({ applied, current, database }: UpgradeResult, paint: Colors): string {
  const at = current.length === 0 ? "at base" : `at ${current.join(", ")}`
  if (applied.length === 0) return `${paint.green("nothing to do")}: ${database} is ${at}`
  const total = applied.reduce((sum, { durationMs }) => sum + durationMs, 0)
  return `${paint.green("done")}: ${count(applied.length, "revision")} applied in ${seconds(total)}, ${database} is ${at}`
}
