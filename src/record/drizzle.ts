import { beginningAt, type CallSite, callSites } from "./call-site.ts"
import { type Call, type Driver, has, type Methods, patch, patchEach, textAt, withCallback } from "./patch.ts"
import type { Note } from "./recorder.ts"

/** The database object of Drizzle, over whatever driver, and its transactions. */
export const drizzle: Driver = {
  is: (subject) => has(subject, "select", "insert", "transaction") && has(sessionOf(subject), "prepareQuery"),
  record: recordDatabase,
}

function sessionOf(database: object): object | undefined {
  const { session } = database as { readonly session?: object }
  return session
}

/** Methods that begin a query, and return what is awaited, or what makes it. */
const beginnings =
  "select selectDistinct selectDistinctOn insert update delete with execute $count refreshMaterializedView".split(
    " ",
  )

function recordDatabase(database: object, note: Note): object {
  const session = sessionOf(database)
  const prepared = ({ values, go }: Call) => {
    const text = textAt(values[0], "sql")
    if (text !== undefined) note(text)
    return go()
  }
  if (session !== undefined) patch(session, { prepareQuery: prepared, prepareRelationalQuery: prepared })
  const begun = ({ go }: Call) => placed(go(), callSites())
  for (const relation of Object.values((database as { readonly query?: object }).query ?? {}))
    if (typeof relation === "object" && relation !== null)
      patch(relation as object, { findMany: begun, findFirst: begun })
  return patch(database, {
    ...Object.fromEntries(beginnings.map((name) => [name, begun])),
    transaction: ({ values, go }) =>
      go(
        withCallback(
          values,
          (work) =>
            (transaction, ...rest) =>
              work(recordDatabase(transaction as object, note), ...rest),
        ),
      ),
  })
}

/**
 * Remembers where a query was begun: what is awaited is executed by the engine, with no way back in its stack. What makes
 * a query (`insert(users)`) hands the place on to what it makes (`.values(...)`).
 */
function placed(value: unknown, sites: readonly CallSite[]): unknown {
  if (typeof value !== "object" || value === null) return value
  if (has(value, "then")) return patchEach(value, ["then"], ({ go }) => beginningAt(sites, go))
  return patchEach(value, methodsOf(value), ({ go }) => placed(go(), sites))
}

function methodsOf(value: object): readonly string[] {
  const names = new Set([
    ...Object.getOwnPropertyNames(Object.getPrototypeOf(value) as object),
    ...Object.keys(value),
  ])
  return [...names].filter((name) => name !== "constructor" && typeof (value as Methods)[name] === "function")
}
