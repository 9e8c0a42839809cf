import { existsSync, mkdirSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { type MarkEnvironmentResult, markEnvironment } from "../../api/environment.ts"
import type { ProjectOptions } from "../../api/options.ts"
import { ToolError } from "../../diagnostic.ts"
import type { Colors } from "../../report/colors.ts"
import { count } from "../../report/count.ts"
import { defineCommand } from "../command.ts"
import type { Configuration } from "../config.ts"
import type { Context } from "../context.ts"
import { saysWhichDatabase } from "../database-url.ts"
import { given } from "../given.ts"
import { advise } from "../init/advice.ts"
import { fileChecks, missingCopies } from "../init/file-checks.ts"
import { type Platform, platforms, pullRequestChecks, type Recipe, recipes } from "../init/recipes.ts"
import type { CheckedFile, InitResult, RecipeResult } from "../init/result.ts"
import { starterFiles } from "../init/starter-files.ts"
import { surveyDatabase } from "../init/survey-database.ts"
import { type FolderSurvey, lookInto, surveyFolder } from "../init/survey-folder.ts"
import { canAsk } from "../io.ts"
import { lockOptions } from "../run-options.ts"

export const init = defineCommand({
  name: "init",
  description:
    "Starts a project: writes the configuration, the folder of revisions and `.env.example`, and says what to do next. It looks for migrations and for a database that are there already, also those of other tools, and proposes the right way in. Nothing is overwritten. With `--environment` it writes instead the environment's name into the database, so that a command meant for another one is refused whatever the URL says; with `--platform`, how a platform runs `lockstep deploy` in front of the new code.",
  options: {
    migrations: {
      type: "text",
      value: "folder",
      help: "Folder of revisions; by default the one found, else `migrations`",
    },
    language: {
      type: "choice",
      choices: ["ts", "mjs", "json"],
      help: "Language of the configuration; by default what the project uses",
    },
    platform: {
      type: "choice",
      choices: platforms,
      help: "Write instead how this platform runs a deploy in front of the new code; nothing is overwritten",
    },
    environment: { type: "text", value: "name", help: "Mark the database with this name" },
    protected: {
      type: "flag",
      help: "With `--environment`: protect it. No downgrade, no address from `.env`, nothing that does not name it",
    },
    because: { type: "text", value: "reason", help: "Why a mark that is already there changes; recorded" },
    ...lockOptions,
  },
  examples: [
    { line: "init", says: "start here" },
    { line: "init --yes", says: "the same without questions" },
    {
      line: "init --platform kubernetes",
      says: "the job, its order before the flip, and why each line is there",
    },
    { line: "init --environment prod --protected", says: "once per database: say which it is" },
  ],
  async run(options, _, context) {
    const { environment, because } = options
    if (environment !== undefined) {
      const result = await mark(environment, options.protected, because, context)
      return { result, text: (paint) => markText(result, paint) }
    }
    if (options.platform !== undefined) {
      const { root, project } = await context.configuration()
      const result = writeRecipe(options.platform as Platform, root, project)
      return { result, text: (paint) => recipeText(result, paint) }
    }
    if (options.protected || because !== undefined)
      throw new ToolError("invalid-option", "--protected and --because need --environment", {
        hint: "name the environment that the database is to be marked as: --environment <name>",
      })
    const configuration = await context.configuration()
    const survey = await surveyFolder(configuration.root, configuration.project)
    const chosen = await choose({ ...options, survey, configuration }, context)
    const result = await start(chosen, configuration)
    return { result, text: (paint) => startText(result, paint) }
  },
})

/** Writes the files of a recipe that are not there yet, with the check before a merge where the recipe has none. */
function writeRecipe(platform: Platform, root: string, project: ProjectOptions): RecipeResult {
  const { files: own, next }: Recipe = recipes[platform]
  const forge = existsSync(join(root, ".gitlab-ci.yml")) ? "gitlab" : "github"
  const files = platform === "github" || platform === "gitlab" ? own : { ...own, ...pullRequestChecks[forge] }
  const written: string[] = []
  const kept: string[] = []
  const checks: CheckedFile[] = []
  for (const [path, { text, check: kind }] of Object.entries(files)) {
    const absolute = join(root, path)
    const filled = withFolders(text, project)
    if (existsSync(absolute)) kept.push(path)
    else {
      mkdirSync(dirname(absolute), { recursive: true })
      writeFileSync(absolute, filled, { flag: "wx", mode: path.endsWith(".sh") ? 0o755 : 0o644 })
      written.push(path)
      const problems = kind === "dockerfile" ? missingCopies(filled, root) : []
      checks.push({ file: path, ...fileChecks[kind], problems })
    }
  }
  return { platform, written, kept, checks, next }
}

/** Fills in the project's own folders of revisions. */
function withFolders(text: string, { migrations = "migrations" }: ProjectOptions): string {
  return text.replace(/^.*\bMIGRATIONS\b.*$/gm, (line) =>
    [migrations]
      .flat()
      .map((folder) => line.replaceAll("MIGRATIONS", folder.replace(/^\.\/|\/+$/g, "")))
      .join("\n"),
  )
}

function recipeText({ written, kept, checks, next }: RecipeResult, paint: Colors): string {
  const known = new Map(checks.map((check) => [check.file, check]))
  return [
    ...written.flatMap((path) => {
      const { checked = "", unchecked = "", problems = [] } = known.get(path) ?? {}
      return [
        `${paint.green("wrote")}  ${path}`,
        paint.dim(`       checked: ${checked}; not checked: ${unchecked}`),
        ...problems.map((problem) => `       ${paint.yellow("look at")}: ${problem}`),
      ]
    }),
    ...kept.map((path) => `${paint.dim("kept")}   ${path}`),
    "",
    paint.bold("next"),
    ...next.map((says, index) => `  ${index + 1}. ${says}`),
    "The platform itself was not asked: try it where nothing can break first.",
  ].join("\n")
}

async function mark(
  name: string,
  protect: boolean,
  because: string | undefined,
  context: Context,
): Promise<MarkEnvironmentResult> {
  const inEnvironment = context.inEnvironment(name)
  return markEnvironment({
    ...(await inEnvironment.runOptions()),
    name,
    protect,
    ...given({ because }),
  })
}

interface Choice {
  readonly migrations: string
  readonly language: FolderSurvey["language"]
}

async function choose(
  facts: {
    readonly migrations: string | undefined
    readonly language: FolderSurvey["language"] | undefined
    readonly survey: FolderSurvey
    readonly configuration: Configuration
  },
  { io, globals }: Context,
): Promise<Choice> {
  const { survey, configuration } = facts
  const [configured] = [configuration.project.migrations ?? []].flat()
  const proposed: Choice = {
    migrations: facts.migrations ?? configured ?? survey.migrations?.path ?? "migrations",
    language: facts.language ?? survey.language,
  }
  if (globals.yes || globals.json || !canAsk(io)) return proposed
  const { askStart } = await import("../init/ask.ts")
  return askStart(proposed, survey.migrations)
}

async function start({ migrations, language }: Choice, configuration: Configuration): Promise<InitResult> {
  const { root, configFile, project } = configuration
  const written: string[] = []
  const kept: string[] = configFile === undefined ? [] : [configFile.slice(root.length + 1)]
  const found = await lookInto(root, migrations, project)
  for (const [path, text] of Object.entries(starterFiles(language, migrations))) {
    if (path.startsWith("lockstep.config.") && configFile !== undefined) continue
    if (path.endsWith(".gitkeep") && existsSync(join(root, migrations))) continue
    const absolute = join(root, path)
    if (existsSync(absolute)) kept.push(path)
    else {
      mkdirSync(dirname(absolute), { recursive: true })
      writeFileSync(absolute, text, { flag: "wx" })
      written.push(path)
    }
  }
  const { survey, unreachable } = await lookAtDatabase(configuration)
  const next = advise(found, survey)
  return {
    written,
    kept,
    migrations: found ?? { path: migrations, count: 0 },
    ...given({ database: survey }),
    next: unreachable === undefined ? next : [{ says: unreachable }, ...next],
  }
}

/** A database is looked at only where something says which one. */
async function lookAtDatabase(
  configuration: Configuration,
): Promise<Awaited<ReturnType<typeof surveyDatabase>> | { survey?: undefined; unreachable?: undefined }> {
  const target = await configuration.target()
  return saysWhichDatabase(target) ? surveyDatabase(target) : {}
}

function startText({ written, kept, migrations, database, next }: InitResult, paint: Colors): string {
  const lines = [
    ...written.map((path) => `${paint.green("wrote")}  ${path}`),
    ...kept.map((path) => `${paint.dim("kept")}   ${path}`),
  ]
  if (migrations.count !== undefined && migrations.count > 0)
    lines.push(
      `${paint.cyan("found")}  ${count(migrations.count, "revision")} in ${migrations.path} (${migrations.formats?.join(", ")})`,
    )
  if (database !== undefined)
    lines.push(
      `${paint.cyan("found")}  database ${database.database} with ${count(database.tables, "table")}`,
    )
  for (const { tool, table, applied } of database?.ledgers ?? [])
    lines.push(
      `${paint.cyan("found")}  the history of ${tool} in ${table}${applied === undefined ? "" : `, ${applied} applied`}`,
    )
  const steps = next.map(({ says, run }, index) => {
    const command = run === undefined ? "" : `\n     ${paint.bold(run)}`
    return `  ${index + 1}. ${says}${command}`
  })
  return [...lines, "", paint.bold("next"), ...steps].join("\n")
}

function markText(
  { database, environment, protected: isProtected, before }: MarkEnvironmentResult,
  paint: Colors,
): string {
  const was = before === undefined || before === environment ? "" : ` (was ${before})`
  return `${paint.green("marked")}: ${database} is ${environment}${was}${isProtected ? ", protected" : ""}`
}
