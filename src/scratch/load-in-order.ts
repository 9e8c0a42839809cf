import { ServerError } from "../db/connection.ts"
import { type Diagnostic, diagnostic } from "../diagnostic.ts"
import { locate } from "../sql/locate.ts"
import { mentionedRoles } from "../sql/mentioned-roles.ts"
import { loadParser } from "../sql/parser.ts"
import type { Source } from "../sql/source.ts"
import { type Statement, splitStatements } from "../sql/statements.ts"
import { missingRole } from "./roles.ts"
import type { ScratchDatabase } from "./scratch.ts"

/**
 * Runs a dump or a script in the order in which it is written, in one session, as psql does: rows too, and a failure
 * does not end it. Roles that it names and does not make are made.
 *
 * @returns a warning for each statement that failed
 */
export async function loadInOrder(
  database: ScratchDatabase,
  source: Source,
  makeRole: (name: string) => Promise<void>,
): Promise<readonly Diagnostic[]> {
  const parse = await loadParser()
  const statements = splitStatements(source)
  for (const role of mentionedRoles(statements.map(({ sql }) => parse(sql)))) await makeRole(role)
  const session = await database.connect("load")
  const warnings: Diagnostic[] = []
  const attempt = async ({ sql, copy }: Statement): Promise<ServerError | undefined> => {
    try {
      if (copy === undefined) await session.run(sql)
      else await session.copyIn(sql, copy)
      return undefined
    } catch (error) {
      if (error instanceof ServerError) return error
      throw error
    }
  }
  try {
    for (const statement of statements) {
      let error = await attempt(statement)
      const role = error === undefined ? undefined : missingRole(error)
      if (role !== undefined) {
        await makeRole(role)
        error = await attempt(statement)
      }
      if (error === undefined) continue
      warnings.push(
        diagnostic(
          "warning",
          "schema-not-loadable",
          `${statement.file} is not loaded in full: ${error.message}`,
          {
            location: locate(statement, error.fields.position ?? 1),
            sqlState: error.sqlState,
          },
        ),
      )
    }
  } finally {
    await session.close()
  }
  return warnings
}
