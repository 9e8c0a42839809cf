import type { Revision } from "../revisions/revision.ts"
import { type Limits, limitsFor, limitsText } from "../runner/limits.ts"
import type { Work } from "../runner/work.ts"
import type { Scratch, ScratchDatabase } from "../scratch/scratch.ts"
import type { Statement } from "../sql/statements.ts"
import type { Step } from "../sql/step.ts"
import { withValues } from "./literal.ts"

/**
 * Returns the statements of each revision, with those that the runner puts around them. A program is run for its steps
 * on a copy of the database: what it reads decides what it yields.
 *
 * @param database where the first of them is about to run; nobody is connected to it
 */
export async function scriptsOf(
  works: readonly Work[],
  database: ScratchDatabase,
  scratch: Scratch,
  limits: Limits,
): Promise<readonly (readonly Statement[])[]> {
  if (works.every(({ steps }) => steps !== undefined)) {
    return works.map((work) => around(work, work.steps ?? [], limits))
  }
  await using copy = await scratch.database(database)
  const session = await copy.connect("lint")
  try {
    const scripts: (readonly Statement[])[] = []
    for (const work of works) {
      const steps: Step[] = []
      const body = work.body({
        query: (sql, values) => session.query(sql, values),
        log: () => undefined,
      })
      for (let next = await body.next(); next.done !== true; ) {
        const step = { ...next.value, sql: withValues(next.value.sql, next.value.values ?? []) }
        steps.push(step)
        const results =
          step.copy === undefined ? await session.run(step.sql) : [await session.copyIn(step.sql, step.copy)]
        next = await body.next(results.at(-1)?.rows ?? [])
      }
      scripts.push(around(work, steps, limits))
    }
    return scripts
  } finally {
    await session.close()
  }
}

function around({ revision, mode }: Work, steps: readonly Step[], limits: Limits): readonly Statement[] {
  const body = steps.map(
    ({ sql, file, line, column = 1, copy }): Statement => ({
      sql,
      file,
      line,
      column,
      ...(copy === undefined ? {} : { copy }),
    }),
  )
  if (mode === "steps") return body
  const own = (sql: string): Statement => ({ sql, file: revision.file, line: 1, column: 1 })
  return [own("begin"), ...settingsOf(revision, limits).map(own), ...body, own("commit")]
}

function settingsOf(revision: Revision, limits: Limits): readonly string[] {
  return limitsText(limitsFor(revision, limits))
    .split(";")
    .map((sql) => sql.trim())
}

/** Returns where, in what `scriptsOf` gives for a revision, its own statements begin and end. */
export function bodyOf(
  script: readonly Statement[],
  revision: Revision,
  mode: Work["mode"],
  limits: Limits,
): readonly [from: number, to: number] {
  return mode === "steps"
    ? [0, script.length]
    : [1 + settingsOf(revision, limits).length, Math.max(0, script.length - 1)]
}
