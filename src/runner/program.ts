import { resolve } from "node:path"
import { ConnectionLost, ServerError } from "../db/connection.ts"
import { ToolError } from "../diagnostic.ts"
import { importFile } from "../import-file.ts"
import type { Revision } from "../revisions/revision.ts"
import { classify } from "../sql/classify.ts"
import { splitStatements } from "../sql/statements.ts"
import type { Step } from "../sql/step.ts"
import { type Rows, StepError } from "./execute.ts"
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
 * Loads the file of a TypeScript revision.
 *
 * @throws ToolError `invalid-typescript-revision`
 */
export async function loadProgram(root: string, revision: Revision): Promise<RevisionProgram> {
  const program = await load(root, revision)
  if (typeof program?.up !== "function")
    throw invalid(revision, "it has no default export with a function `up`")
  return program as RevisionProgram
}

async function load(root: string, revision: Revision): Promise<Partial<RevisionProgram> | null | undefined> {
  try {
    // One that failed may be corrected in the meantime.
    const exported = await importFile(resolve(root, revision.file), revision.checksum)
    return exported as Partial<RevisionProgram> | null | undefined
  } catch (error) {
    throw invalid(revision, error instanceof Error ? error.message : String(error), error)
  }
}

function invalid(revision: Revision, reason: string, cause?: unknown): ToolError {
  return new ToolError("invalid-typescript-revision", `revision ${revision.id} cannot be loaded: ${reason}`, {
    subject: revision.id,
    location: { file: revision.file, line: 1 },
    hint: "export default defineRevision({ async *up({ sql }) { yield sql`...` } })",
    cause,
  })
}

/** An error that is the program's own, not one of the server's or of Lockstep's. */
export class ProgramError extends Error {
  override readonly name = "ProgramError"
}

/**
 * Turns what the program yields into steps, classified like those of a SQL revision.
 *
 * Its reads go past the classification but for one thing: they may not end the transaction that they run in.
 */
export function programBody(revision: Revision, generate: Generate): Work["body"] {
  return async function* body(io) {
    const asked = new Set<Promise<Rows>>()
    const ask = async (...[text, values]: Parameters<BodyIo["query"]>): Promise<Rows> => {
      await stepsOf(revision, text)
      return io.query(text, values)
    }
    const query: BodyIo["query"] = (text, values) => {
      const answer = ask(text, values)
      asked.add(answer)
      const forget = () => asked.delete(answer)
      answer.then(forget, forget)
      return answer
    }
    const program = generate({ ...io, query, sql })
    if (typeof program?.next !== "function")
      throw invalid(revision, "`up` is no generator: it must be `async *up`")
    let answer: Rows = []
    try {
      for (;;) {
        const next = await proceed(program, answer)
        if (asked.size > 0) await refuseUnawaited(asked)
        if (next.done) return
        answer = []
        for (const step of await stepsOf(revision, next.value)) answer = yield step
      }
    } finally {
      await program.return()
    }
  }
}

/** What nobody waits for could reach the server after the transaction that it was meant for. */
async function refuseUnawaited(asked: ReadonlySet<Promise<Rows>>): Promise<never> {
  await Promise.allSettled(asked)
  throw new ProgramError("it did not await a query()")
}

async function proceed(program: ReturnType<Generate>, answer: Rows) {
  try {
    return await program.next(answer)
  } catch (error) {
    const isOurs = [ToolError, StepError, ServerError, ConnectionLost].some((kind) => error instanceof kind)
    if (isOurs) throw error
    throw new ProgramError(error instanceof Error ? error.message : String(error), { cause: error })
  }
}

async function stepsOf(revision: Revision, yielded: string | SqlStatement): Promise<readonly Step[]> {
  const { text, values } = typeof yielded === "string" ? sql.raw(yielded) : yielded
  const { steps } = await classify(splitStatements({ text, file: revision.file, line: 1 }))
  const [only] = steps
  return values.length > 0 && steps.length === 1 && only !== undefined ? [{ ...only, values }] : steps
}
