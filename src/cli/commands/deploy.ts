import { resolve } from "node:path"
import { bundleAll } from "../../api/bundle.ts"
import { type DeployResult, refuseOther, deploy as runDeploy } from "../../api/deploy.ts"
import { joinedDigest } from "../../bundle/manifest.ts"
import { ToolError } from "../../diagnostic.ts"
import type { Colors } from "../../report/colors.ts"
import { count } from "../../report/count.ts"
import { deployMarkdown, inline } from "../../report/markdown.ts"
import { seconds } from "../../report/progress.ts"
import { asTyped, shellWord } from "../as-typed.ts"
import { backupOf, runExportCommand, runSmoke } from "../backup.ts"
import { defineCommand, type ExitCode, type Outcome } from "../command.ts"
import type { Context } from "../context.ts"
import { gateOptions } from "../gate.ts"
import { given, someOf } from "../given.ts"
import { readPlan } from "../read-plan.ts"
import type { DeployedDatabases } from "../results.ts"
import { runOptions, unknownOutcome } from "../run-options.ts"
import { settingOf } from "../settings.ts"
import { metricsOption } from "../tell-options.ts"

const { singleTransaction: _, ...deployRunOptions } = runOptions

export const deploy = defineCommand({
  name: "deploy",
  logs: "stdout",
  description:
    "The one command in front of the flip to new code: looks as `lockstep preflight` does, applies what is pending as `lockstep upgrade` does, and records the release. A contract revision is held until its expand ran in an earlier release and soaked, and no release that serves was built before it; the rest is applied. It needs no configuration file and no shell. It either finishes, or says what failed, in which state the database is and what to do next; the same command is safe to run again after any end, also that of the machine. With nothing to do it prints one line and writes nothing. `--deadline` ends it cleanly, with exit 5, before the platform's own limit would; the next run goes on.",
  operands: { environment: { help: "An environment of the configuration; the same as --env" } },
  options: {
    release: {
      type: "text",
      value: "name",
      help: "The image or commit that is about to serve; variable `LOCKSTEP_RELEASE`",
    },
    expectBundle: {
      type: "text",
      value: "digest",
      help: "Refuse to run where the revisions here are not those with this digest of `lockstep bundle` or `lockstep hash`",
    },
    plan: {
      type: "text",
      value: "path",
      help: "Apply exactly what this file of `lockstep plan --out plan.json` says; refuse where the database or the revisions have moved since",
    },
    all: {
      type: "flag",
      help: "Deploy to every database of the configuration, in its order; stops at the first that fails",
    },
    releaseHold: {
      type: "list",
      value: "revision",
      help: "Let this contract revision run although it would be held; needs `--because`",
    },
    override: {
      type: "list",
      value: "check",
      help: "Let a check of the preflight pass that would stop this deploy; needs `--because`",
    },
    noExport: {
      type: "flag",
      help: "Do not export what a revision destroys; needs `--because`",
    },
    because: { type: "text", value: "reason", help: "The reason for an override; recorded" },
    notify: { type: "text", value: "target", setting: "notify", help: settingOf("notify").help },
    watch: { type: "duration", setting: "watch", help: settingOf("watch").help },
    soak: { type: "duration", setting: "soak", help: settingOf("soak").help },
    ...deployRunOptions,
    ...metricsOption,
  },
  examples: [
    { line: "deploy", says: "the database of DATABASE_URL" },
    {
      line: "deploy prod --release sha-4f2a9c1 --deadline 540s",
      says: "in a job that is killed after ten minutes",
    },
    { line: "deploy prod --expect-bundle 3b1f0c7a9d24", says: "only with the image that was meant" },
    { line: "deploy prod --all", says: "every database of the configuration, with one summary" },
  ],
  async run(options, { environment }, context) {
    if (options.all && options.plan !== undefined)
      throw new ToolError(
        "invalid-option",
        "--all and --plan exclude each other: a plan is for one database",
        {
          subject: "--plan",
        },
      )
    if (options.all) return await deployAll(options, environment, context)
    const result = await deployOne(options, environment, context)
    return {
      result,
      diagnostics: result.warnings,
      markdown: () => deployMarkdown(result),
      text: (paint) => deployText(result, paint),
    }
  },
})

/** What the command's options come to. */
interface Asked {
  readonly all: boolean
  readonly release?: string | undefined
  readonly expectBundle?: string | undefined
  readonly releaseHold: readonly string[]
  readonly override: readonly string[]
  readonly noExport: boolean
  readonly because?: string | undefined
  readonly plan?: string | undefined
  readonly stepDone: boolean
  readonly stepAgain: boolean
}

/** @param expectBundle null where the whole image was compared already */
async function deployOne(
  asked: Asked,
  environment: string | undefined,
  context: Context,
  expectBundle: string | null | undefined = asked.expectBundle,
): Promise<DeployResult> {
  const chosen = environment === undefined ? context : context.inEnvironment(environment)
  const { outOfOrder, gate, root } = await chosen.configuration()
  const { release, releaseHold, override, because, noExport } = asked
  const options = await chosen.runOptions()
  const { env, signal } = context.io
  const place = { url: options.url, env, cwd: root, signal }
  if (noExport && (because === undefined || because.trim() === ""))
    throw new ToolError("reason-needed", "to destroy data that is not exported needs a reason", {
      hint: 'add --because "..."; it is recorded',
    })
  const { exports: folder = "lockstep-exports", exportsKeep = 90 * 86_400_000, exportCommand } = gate
  const exports = given({
    folder: resolve(root, folder),
    keepMs: exportsKeep,
    command:
      exportCommand === undefined
        ? undefined
        : (exported: string) => runExportCommand(exportCommand, exported, place),
  })
  try {
    return await runDeploy({
      ...options,
      ...(await gateOptions(chosen)),
      ...given({
        release,
        expectBundle: expectBundle ?? undefined,
        because,
        plan: asked.plan === undefined ? undefined : readPlan(context.io.cwd, asked.plan),
        releaseHold: someOf(releaseHold),
        override: someOf(override),
        backup: backupOf(gate, place),
        smokeQueries: gate.smokeQueries,
        smoke: async () => {
          for (const smoke of gate.smoke ?? []) await runSmoke(smoke, place)
        },
        watchMs: gate.watch,
        exports: noExport || folder === "off" ? undefined : exports,
      }),
      outOfOrder,
      unknownOutcome: unknownOutcome(asked),
    })
  } catch (error) {
    throw withNext(error, asked, chosen)
  }
}

/** Deploys to each database in turn, in the order of the configuration; the first that fails stops the others. */
async function deployAll(
  asked: Asked,
  environment: string | undefined,
  context: Context,
): Promise<Outcome<DeployedDatabases>> {
  const contexts = await context.eachDatabase()
  if (asked.expectBundle !== undefined) await refuseOtherImage(asked.expectBundle, context)
  const databases: DeployedDatabases["databases"][number][] = []
  let failure: ToolError | undefined
  for (const [name = "default", each] of contexts) {
    if (failure !== undefined) databases.push({ name, state: "not begun" })
    else
      try {
        const result = await deployOne(asked, environment, each, null)
        databases.push({ name, state: "deployed", result })
      } catch (error) {
        if (!(error instanceof ToolError)) throw error
        failure = error
        databases.push({ name, state: "failed", error: error.diagnostic })
      }
  }
  const warnings = databases.flatMap(({ result }) => result?.warnings ?? [])
  return {
    result: { databases },
    diagnostics: [...(failure === undefined ? [] : [failure.diagnostic]), ...warnings],
    ...(failure === undefined ? {} : { exit: failure.exitCode as ExitCode }),
    markdown: () =>
      databases
        .map(({ name, state, result: each }) =>
          each === undefined ? `### ${inline(name)}: ${state}` : deployMarkdown(each),
        )
        .join("\n\n"),
    text: (paint) => allText(databases, paint),
  }
}

/** One image holds the revisions of all databases; its digest is that of all of them. */
async function refuseOtherImage(expected: string, context: Context): Promise<void> {
  const { projects } = await context.projects()
  refuseOther(joinedDigest(await bundleAll(projects)), expected)
}

function allText(databases: DeployedDatabases["databases"], paint: Colors): string {
  return databases
    .map(({ name, state, result, error }) => {
      if (result !== undefined) return `${paint.bold(name)}: ${deployText(result, paint)}`
      return `${paint.bold(name)}: ${state === "failed" ? paint.red("failed") : paint.dim(state)}${error === undefined ? "" : `: ${error.message}`}`
    })
    .join("\n")
}

/** Adds the command that goes on where this one stopped: the same again. */
function withNext(error: unknown, asked: Asked, { globals }: Context): unknown {
  if (!(error instanceof ToolError) || error.facts.data?.current === undefined) return error
  const { all, release, expectBundle, plan, because, noExport, releaseHold, override } = asked
  const words = [
    ...(all ? ["--all"] : []),
    ...(release === undefined ? [] : ["--release", release]),
    ...(expectBundle === undefined ? [] : ["--expect-bundle", expectBundle]),
    ...(plan === undefined ? [] : ["--plan", plan]),
    ...releaseHold.flatMap((id) => ["--release-hold", id]),
    ...override.flatMap((check) => ["--override", check]),
    ...(noExport ? ["--no-export"] : []),
    ...(because === undefined ? [] : ["--because", because]),
  ]
  const next = asTyped(["lockstep deploy", ...words.map(shellWord)].join(" "), {
    env: globals.env,
    database: all ? undefined : globals.database,
  })
  return new ToolError(error.code, error.message, {
    ...error.facts,
    details: [...(error.facts.details ?? []), `next: ${next}`],
  })
}

function deployText(result: DeployResult, paint: Colors): string {
  const { applied, current, database, release, held, exported, backup } = result
  const at = current.length === 0 ? "at base" : `at ${current.join(", ")}`
  const named = release === undefined ? "" : ` for ${release}`
  const total = applied.reduce((sum, { durationMs }) => sum + durationMs, 0)
  const done =
    applied.length === 0
      ? `${paint.green("nothing to do")}${named}: ${database} is ${at}`
      : `${paint.green("deployed")}${named}: ${count(applied.length, "revision")} applied in ${seconds(total)}, ${database} is ${at}`
  const concerns = result.checks.filter(({ state }) => state === "warning")
  return [
    done,
    ...(backup === undefined ? [] : [`backup: ${backup}`]),
    ...(exported === undefined
      ? []
      : [
          `exported before it was destroyed: ${exported.files.map(({ relation, rows }) => `${count(rows, "row")} of ${relation}`).join(", ")}`,
          `  to ${exported.place}, to be kept until ${exported.keepUntil.slice(0, 10)}`,
        ]),
    ...concerns.map(
      ({ check, evidence, fix }) =>
        `${paint.yellow("look at")}: ${check}: ${evidence}${fix === undefined ? "" : ` (${fix})`}`,
    ),
    ...held.flatMap(({ id, reasons }) =>
      reasons.map((reason) => `${paint.yellow("held")}: ${id}: ${reason}`),
    ),
  ].join("\n")
}
