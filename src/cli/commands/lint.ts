import { lint as lintRevisions } from "../../api/lint.ts"
import { lintFile } from "../../api/lint-file.ts"
import { type Diagnostic, ToolError } from "../../diagnostic.ts"
import type { Finding } from "../../lint/finding.ts"
import type { AcceptedFinding } from "../../lint/revision.ts"
import type { Colors } from "../../report/colors.ts"
import { printFindings } from "../../report/findings.ts"
import { printFindingAnnotations, printMarkdown, printSarif } from "../../report/lint-formats.ts"
import { defineCommand } from "../command.ts"
import type { Context } from "../context.ts"
import { given } from "../given.ts"
import { applicationOf, applicationOptions } from "../queries.ts"
import { readStatistics } from "../read-statistics.ts"
import { scratchOption, scratchOptions } from "../scratch-option.ts"
import { commentOption } from "../tell-options.ts"

export const lint = defineCommand({
  name: "lint",
  description:
    "Runs SQL on a scratch server, watches what each statement locks, rewrites, scans and waits for, and says what that would do to a database that serves. With queries, proves that they still work afterwards. Exits with 3 where there is an error. Without a range and without `--pending` each revision is taken for a deploy of its own, on the schema that those before it leave; with one, the range is one deploy, and what it makes itself is nobody's yet. `-- accept: <rule> because <reason>` in a revision's header silences a finding. Nothing but the scratch server is touched; with `--file` no project is needed, and the rules are as `--config` says where it is given.",
  operands: { range: { help: "`a:b`, from where the database is to where it shall be" } },
  options: {
    pending: { type: "flag", help: "What is pending in the database; it is only read" },
    file: {
      type: "text",
      value: "path",
      help: "SQL of any origin, run statement by statement as psql would",
    },
    schema: {
      type: "list",
      value: "path",
      help: "With --file: SQL of the schema before, with or without rows",
    },
    ...applicationOptions,
    stats: {
      type: "text",
      value: "path",
      help: 'Sizes of tables, {"<table>": {"rows": n, "bytes": n}}; what is missing counts as large and busy',
    },
    pg: { type: "number", value: "major", minimum: 14, help: "Major version of the scratch server" },
    format: {
      type: "choice",
      choices: ["text", "sarif", "github", "markdown"],
      default: "text",
      help: "`github`: annotations beside the lines of a pull request; `markdown`: a comment for it",
    },
    ...scratchOption,
    ...commentOption,
  },
  examples: [
    { line: "lint", says: "every revision, and exit 3 where one would hold up what serves" },
    { line: "lint --pending --env prod", says: "what the next deploy would do there" },
    { line: "lint --file change.sql --schema schema.sql", says: "no project and no database is needed" },
    {
      line: "lint --file change.sql --schema schema.sql --queries queries.sql --stats stats.json --role app",
      says: "with all that can be known",
    },
  ],
  async run({ format, ...options }, { range }, context) {
    const { findings, accepted, warnings } =
      options.file === undefined
        ? await ofProject(options, range, context)
        : await ofFile(options.file, options, context)
    return {
      result: { findings, accepted },
      findings,
      diagnostics: warnings,
      exit: findings.some(({ severity }) => severity === "error") ? 3 : 0,
      markdown: () => printMarkdown(findings),
      text: (paint) => printed(format, findings, accepted, paint),
    }
  },
})

interface Linted {
  readonly findings: readonly Finding[]
  readonly accepted: readonly AcceptedFinding[]
  readonly warnings: readonly Diagnostic[]
}

interface Options {
  readonly pending: boolean
  readonly schema: readonly string[]
  readonly queries: readonly string[]
  readonly stats: string | undefined
  readonly role: string | undefined
  readonly pg: number | undefined
  readonly scratch: string | undefined
}

async function ofFile(file: string, options: Options, context: Context): Promise<Linted> {
  const { schema, queries, stats, role, pg, scratch } = options
  const { cwd } = context.io
  // No project is looked for; a configuration that somebody names tells which rules are on.
  const settings =
    context.globals.config === undefined ? undefined : (await context.configuration()).project.lint
  const { findings, warnings } = await lintFile({
    file,
    schema,
    root: cwd,
    ...given({ lint: settings }),
    ...(queries.length === 0 ? {} : { queries }),
    ...given({ role, statistics: stats === undefined ? undefined : await readStatistics(cwd, stats) }),
    scratch: { ...scratchOptions(scratch, cwd), ...given({ major: pg }) },
  })
  return { findings, warnings, accepted: [] }
}

async function ofProject(options: Options, range: string | undefined, context: Context): Promise<Linted> {
  const { pending, queries, stats, role, pg, scratch } = options
  const { cwd } = context.io
  if (pending && range !== undefined) {
    throw new ToolError("invalid-option", "--pending and a range exclude each other", {
      hint: "a range names the revisions, --pending asks the database for them",
    })
  }
  const configuration = await context.configuration()
  const { root, project, run } = configuration
  const { findings, accepted } = await lintRevisions({
    ...project,
    ...given({
      range,
      lockTimeoutMs: run.lockTimeoutMs,
      statementTimeoutMs: run.statementTimeoutMs,
      statistics: stats === undefined ? undefined : await readStatistics(cwd, stats),
      target: pending ? await context.targetOptions() : undefined,
    }),
    ...(await applicationOf({ queries, role }, cwd, configuration)),
    scratch: { ...scratchOptions(scratch, root), ...given({ major: pg }) },
  })
  return { findings, accepted, warnings: [] }
}

function printed(
  format: "text" | "sarif" | "github" | "markdown" | string,
  findings: readonly Finding[],
  accepted: readonly AcceptedFinding[],
  paint: Colors,
): string {
  if (format === "sarif") return printSarif(findings)
  if (format === "github") return printFindingAnnotations(findings)
  if (format === "markdown") return printMarkdown(findings, accepted)
  const told = accepted.map(({ rule, revision, because }) =>
    paint.dim(`accepted in ${revision}: ${rule} because ${because}`),
  )
  return [printFindings(findings, paint), ...told].join("\n")
}
