import { check as runCheck } from "../../api/check.ts"
import { printAnnotations } from "../../report/github.ts"
import { printGuards } from "../../report/guards.ts"
import { guardsMarkdown } from "../../report/markdown.ts"
import { defineCommand } from "../command.ts"
import { given, someOf } from "../given.ts"
import { applicationOf, applicationOptions } from "../queries.ts"
import { scratchOption, scratchOptions, selectionOptions } from "../scratch-option.ts"
import { commentOption, metricsOption } from "../tell-options.ts"

export const check = defineCommand({
  name: "check",
  description:
    "Asks everything that must hold of a project before it is merged, and needs no live database: headers and links are sound (`folder`), there is one head (`heads`), all revisions run on an empty database (`replay`), schema.sql is fresh (`snapshot`), the schema that is wanted is what they lead to (`schema`), and every rollback really undoes its revision, or the file says why there is none (`rollbacks`: up, down and up again on a scratch server, with equal catalogs), no revision holds up what serves (`lint`), and what the application issues works on the schema (`proof`): what it issues now, and with `--since` what it issued where the branch began, as long as that code may serve. Prints a line with the evidence for each, and exits with 3 where one says no.",
  options: {
    only: { type: "list", value: "guard", help: "Ask only this one, and what it builds on" },
    skip: { type: "list", value: "guard", help: "Do not ask this one" },
    schema: {
      type: "list",
      value: "path",
      help: "A file or folder of SQL that says what the schema shall be. Default: the setting `schema`, else the folder schema, where there is one",
    },
    ...applicationOptions,
    since: {
      type: "text",
      value: "ref",
      help: "Where the branch began: what the application issued there is proven against the revisions that are new",
    },
    format: {
      type: "choice",
      choices: ["text", "github"],
      default: "text",
      help: "`github` adds annotations that GitHub shows beside the lines of a pull request",
    },
    ...selectionOptions,
    ...scratchOption,
    ...commentOption,
    ...metricsOption,
  },
  examples: [
    { line: "check", says: "in CI, for every pull request" },
    { line: "check --skip rollbacks", says: "without running each revision three times" },
    {
      line: "check --format github --since origin/main",
      says: "in a pull request: with annotations beside the lines, and the proof that old and new code both work",
    },
  ],
  async run({ only, skip, schema, queries, role, since, format, scratch }, _, context) {
    const configuration = await context.configuration()
    const { root, project, historySchema, schema: configured } = configuration
    const result = await runCheck({
      ...project,
      ...given({ historySchema, only: someOf(only), schema: someOf(schema) ?? configured }),
      ...(await applicationOf({ queries, role }, root, configuration)),
      ...given({
        queryFiles: someOf(queries) ?? configuration.queries,
        since,
      }),
      skip,
      scratch: scratchOptions(scratch, root),
    })
    const findings = result.guards.flatMap((report) => report.findings ?? [])
    return {
      result,
      exit: result.ok ? 0 : 3,
      markdown: () => guardsMarkdown(result),
      text: (paint) =>
        [
          printGuards(result, paint),
          ...(format === "github" && findings.length > 0 ? [printAnnotations(findings)] : []),
        ].join("\n"),
    }
  },
})
