import type { ScratchDatabase } from "../scratch/scratch.ts"
import { actAs, examine, type Failure } from "./examine.ts"
import { readFacts } from "./facts.ts"
import type { Query } from "./query.ts"

/** A query that a schema does not take. */
export interface FailingQuery {
  readonly query: Query
  readonly failure: Failure
}

/** Prepares and plans queries in a database, and returns those that fail. Nothing of them is executed. */
export async function failingIn(
  database: ScratchDatabase,
  queries: readonly Query[],
  role?: string,
): Promise<readonly FailingQuery[]> {
  const session = await database.connect("prove")
  try {
    const facts = await readFacts(session)
    await actAs(session, role)
    const failing: FailingQuery[] = []
    for (const query of queries) {
      const { failure } = await examine(session, query, facts)
      if (failure !== undefined) failing.push({ query, failure })
    }
    return failing
  } finally {
    await session.close()
  }
}
