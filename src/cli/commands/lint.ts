import { readFile } from "node:fs/promises"
import { resolve } from "node:path"
import { lintFile } from "../../api/lint-file.ts"
import { ToolError } from "../../diagnostic.ts"
import type { Statistics } from "../../lint/size.ts"
import { printFindings } from "../../report/findings.ts"
import { defineCommand } from "../command.ts"
import { given } from "../given.ts"
import { scratchOption, scratchOptions } from "../scratch-option.ts"

export const lint = defineCommand({
  name: "lint",
  description:
    "Runs SQL on a scratch server, watches what each statement locks, rewrites, scans and waits for, and says what that would do to a database that serves. With queries, proves that they still work afterwards. Exits with 3 where there is an error. Nothing but the scratch server is touched.",
  options: {
    file: {
      type: "text",
      value: "path",
      help: "SQL of any origin, run statement by statement as psql would",
    },
    schema: { type: "list", value: "path", help: "SQL of the schema before, with or without rows" },
    queries: { type: "list", value: "path", help: "SQL that the application issues, with $1, $2, ..." },
    stats: {
      type: "text",
      value: "path",
      help: 'Sizes of tables, {"<table>": {"rows": n, "bytes": n}}; what is missing counts as large and busy',
    },
    role: { type: "text", value: "name", help: "The role that the application connects as" },
    pg: { type: "number", value: "major", minimum: 14, help: "Major version of the scratch server" },
    ...scratchOption,
  },
  examples: [
    { line: "lint --file change.sql --schema schema.sql", says: "no project and no database is needed" },
    {
      line: "lint --file change.sql --schema schema.sql --queries queries.sql --stats stats.json --role app",
      says: "with all that can be known",
    },
  ],
  async run({ file, schema, queries, stats, role, pg, scratch }, _, context) {
    if (file === undefined)
      throw new ToolError("wrong-operands", "lint needs a file", {
        hint: "lockstep lint --file change.sql --schema schema.sql",
      })
    const { cwd } = context.io
    const { findings, warnings } = await lintFile({
      file,
      schema,
      root: cwd,
      ...(queries.length === 0 ? {} : { queries }),
      ...given({ role, statistics: stats === undefined ? undefined : await readStatistics(cwd, stats) }),
      scratch: { ...scratchOptions(scratch, cwd), ...given({ major: pg }) },
    })
    return {
      result: { findings },
      findings,
      diagnostics: warnings,
      exit: findings.some(({ severity }) => severity === "error") ? 3 : 0,
      text: (paint) => printFindings(findings, paint),
    }
  },
})

async function readStatistics(cwd: string, path: string): Promise<Statistics> {
  try {
    const value: unknown = JSON.parse(await readFile(resolve(cwd, path), "utf8"))
    if (isStatistics(value)) return value
  } catch (error) {
    throw new ToolError("unreadable-file", `${path} cannot be read: ${String((error as Error).message)}`, {
      subject: path,
      cause: error,
    })
  }
  throw new ToolError("unreadable-file", `${path} does not hold the sizes of tables`, {
    subject: path,
    hint: '{"users": {"rows": 1000, "bytes": 81920}}',
  })
}

function isStatistics(value: unknown): value is Statistics {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false
  return Object.values(value).every((each: unknown) => {
    if (typeof each !== "object" || each === null) return false
    const { rows, bytes } = each as { rows?: unknown; bytes?: unknown }
    return typeof rows === "number" && typeof bytes === "number"
  })
}
