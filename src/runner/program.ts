import { resolve } from "node:path"
import { pathToFileURL } from "node:url"
import { ToolError } from "../diagnostic.ts"
import type { Revision } from "../revisions/revision.ts"
import { classify } from "../sql/classify.ts"
import { splitStatements } from "../sql/statements.ts"
import type { Step } from "../sql/step.ts"
import type { Rows } from "./execute.ts"
import type { BodyIo, Work } from "./work.ts"

/** A statement with its values apart from its text: what `sql` makes. */
export interface SqlStatement {
  readonly text: string
  readonly values: readonly unknown[]
}

/** What the functions of a TypeScript revision are given. */
export interface RevisionTools extends BodyIo {
  /**
   * Makes a statement to yield. `${}` becomes a parameter; PostgreSQL takes parameters in queries and changes of
   * rows, not in DDL: there, put names in with `sql.raw`.
   */
  readonly sql: SqlTag
}

export interface SqlTag {
  (text: TemplateStringsArray, ...values: readonly unknown[]): SqlStatement
  /** A statement as it stands. */
  raw(text: string): SqlStatement
}

type Generate = (tools: RevisionTools) => AsyncGenerator<string | SqlStatement, void, Rows>

/** The functions of a TypeScript revision; its facts stand in the comment at its top. */
export interface RevisionProgram {
  /** Yields the statements that move forward; each `yield` gives back the rows of its answer. */
  readonly up: Generate
  /** Yields the statements that undo it. */
  readonly down?: Generate
  /** Why it cannot be undone, where it has no `down`. */
  readonly noRollback?: string
}

/** Types a TypeScript revision: `export default defineRevision({ async *up({ sql }) { yield sql`...` } })`. */
export function defineRevision(program: RevisionProgram): RevisionProgram {
  return program
}

export const sql: SqlTag = Object.assign(
  (text: TemplateStringsArray, ...values: readonly unknown[]): SqlStatement => ({
    text: text.raw.reduce((joined, part, index) => `${joined}$${index}${part}`),
    values,
  }),
  { raw: (text: string): SqlStatement => ({ text, values: [] }) },
)

/**
 * Loads the file of a TypeScript revision: by Node itself where it strips types, else through jiti.
 *
 * @throws ToolError `invalid-typescript-revision`
 */
export async function loadProgram(root: string, revision: Revision): Promise<RevisionProgram> {
  const path = resolve(root, revision.file)
  let loaded: { readonly default?: unknown }
  try {
    loaded = await importModule(path)
  } catch (error) {
    throw invalid(revision, error instanceof Error ? error.message : String(error), error)
  }
  const program = loaded.default as Partial<RevisionProgram> | undefined
  if (typeof program?.up !== "function")
    throw invalid(revision, "it has no default export with a function `up`")
  return program as RevisionProgram
}

async function importModule(path: string): Promise<{ readonly default?: unknown }> {
  if (/\.m?js$/.test(path) || (process.features as { typescript?: unknown }).typescript)
    return import(pathToFileURL(path).href)
  const { createJiti } = await import("jiti")
  return createJiti(import.meta.url, { alias: { lockstep: ownEntry() } }).import(path)
}

/** A revision may say `import { defineRevision } from "lockstep"` also where Lockstep is not among the project's packages. */
function ownEntry(): string {
  return new URL("./index.js", import.meta.url).pathname
}

function invalid(revision: Revision, reason: string, cause?: unknown): ToolError {
  return new ToolError("invalid-typescript-revision", `revision ${revision.id} cannot be loaded: ${reason}`, {
    subject: revision.id,
    location: { file: revision.file, line: 1 },
    hint: "export default defineRevision({ async *up({ sql }) { yield sql`...` } })",
    cause,
  })
}

/** Turns what the program yields into steps, classified like those of a SQL revision. */
export function programBody(revision: Revision, generate: Generate): Work["body"] {
  return async function* body(io) {
    const program = generate({ ...io, sql })
    let answer: Rows = []
    for (;;) {
      const next = await program.next(answer)
      if (next.done) return
      answer = []
      for (const step of await stepsOf(revision, next.value)) answer = yield step
    }
  }
}

async function stepsOf(revision: Revision, yielded: string | SqlStatement): Promise<readonly Step[]> {
  const { text, values } = typeof yielded === "string" ? sql.raw(yielded) : yielded
  const { steps } = await classify(splitStatements({ text, file: revision.file, line: 1 }))
  const [only] = steps
  return values.length > 0 && steps.length === 1 && only !== undefined ? [{ ...only, values }] : steps
}
