import type { Diagnostic } from "../diagnostic.ts"
import type { Finding } from "../lint/finding.ts"
import { lintScript } from "../lint/lint.ts"
import { ruleBook } from "../lint/rule-settings.ts"
import type { Statistics } from "../lint/size.ts"
import { readQueries } from "../prove/query.ts"
import { loadInOrder } from "../scratch/load-in-order.ts"
import { openScratch, type ScratchOptions } from "../scratch/scratch.ts"
import { withoutPsqlSettings } from "../sql/psql-command.ts"
import { readSql } from "../sql/read-sql.ts"
import { splitStatements } from "../sql/statements.ts"
import type { LintSettings } from "./options.ts"

export interface LintFileOptions {
  /** SQL that is about to run, of any origin. */
  readonly file: string
  /** The schema of the database where it will run, with or without rows. Default: an empty database. */
  readonly schema?: readonly string[]
  /** What the application issues, with $n for its values. */
  readonly queries?: readonly string[]
  /** Sizes of tables: `{"<table>": {"rows": n, "bytes": n}}`. A table that is missing counts as large and busy. */
  readonly statistics?: Statistics
  /** The role that the application connects as. */
  readonly role?: string
  /** Paths are relative to it. Default: the current directory. */
  readonly root?: string
  /** Which rules are on, and how. Default: every rule as its page says. */
  readonly lint?: LintSettings
  readonly scratch?: ScratchOptions
}

export interface LintFileResult {
  readonly findings: readonly Finding[]
  /** What of the schema could not be loaded. */
  readonly warnings: readonly Diagnostic[]
}

/**
 * Runs a file of SQL on a scratch server, watches what it does, and says what that would do to a database that serves.
 * No project and no database is needed.
 *
 * @throws ToolError `invalid-config`, `unreadable-file`, what splitting a script throws, `embedded-server-missing`
 */
export async function lintFile(options: LintFileOptions): Promise<LintFileResult> {
  const { file, schema = [], queries, root = ".", role, statistics, scratch: scratchOptions = {} } = options
  const rules = ruleBook(options.lint)
  const statements = splitStatements(withoutPsqlSettings(await readSql(root, file)))
  const read = await Promise.all((queries ?? []).map((path) => readSql(root, path)))
  const asked = (await Promise.all(read.map(readQueries))).flat()
  await using scratch = await openScratch(scratchOptions)
  const template = await scratch.database()
  const warnings: Diagnostic[] = []
  for (const path of schema) {
    const source = withoutPsqlSettings(await readSql(root, path))
    warnings.push(...(await loadInOrder(template, source, (name) => scratch.makeRole(name))))
  }
  if (role !== undefined) await scratch.makeRole(role)
  const { findings } = await lintScript({
    scratch,
    template,
    statements,
    rules,
    incomplete: warnings.some(({ sqlState }) => sqlState !== undefined && !isData(sqlState)),
    ...(queries === undefined ? {} : { queries: asked }),
    ...(role === undefined ? {} : { role }),
    ...(statistics === undefined ? {} : { statistics }),
  })
  return { findings, warnings }
}

/** Rows that a constraint refuses leave the schema whole. */
function isData(state: string): boolean {
  return state.startsWith("22") || state.startsWith("23")
}
