import { type Call, type Driver, has, patch, textAt, whenThere, withCallback } from "./patch.ts"
import type { Note } from "./recorder.ts"

/** The module `pg`, its classes `Client` and `Pool`, and what they make. */
export const pg: Driver = {
  is: (subject) => classesOf(subject).length > 0 || has(subject, "query"),
  record(subject, note) {
    const classes = classesOf(subject)
    for (const prototype of classes) patch(prototype, { query: (call) => noted(call, note) })
    return classes.length > 0 ? subject : recordConnection(subject, note)
  },
}

/** All clients are changed, also those of a pool that was made before. */
function classesOf(subject: object): readonly object[] {
  const module = subject as Readonly<Record<"Client" | "Pool", unknown>>
  const named = typeof subject === "function" && has(subject.prototype, "query") ? [subject] : []
  // A pool has its `Client` too.
  const inModule =
    has(subject, "Client", "Pool") && !has(subject, "query") ? [module.Client, module.Pool] : []
  return [...named, ...inModule].flatMap((each) =>
    typeof each === "function" && has(each.prototype, "query") ? [each.prototype as object] : [],
  )
}

function recordConnection(subject: object, note: Note): object {
  return patch(subject, {
    query: (call) => noted(call, note),
    // A client of a pool, promised or given to a callback. Of a client itself nothing comes back.
    connect: ({ values, go }) => {
      const callbacks = withCallback(values, (callback) => (error, client, ...rest) => {
        return callback(
          error,
          whenThere(client, (each) => recordClient(each, note)),
          ...rest,
        )
      })
      return whenThere(go(callbacks), (client) => recordClient(client, note))
    },
  })
}

function recordClient(client: object, note: Note): object {
  return has(client, "query") ? recordConnection(client, note) : client
}

function noted({ values, go }: Call, note: Note): unknown {
  const [query] = values
  const text = typeof query === "string" ? query : (textAt(query, "text") ?? textAt(query, "cursor", "text"))
  if (text !== undefined) note(text)
  return go()
}
