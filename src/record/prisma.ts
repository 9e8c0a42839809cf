import { beginningAt, callSites } from "./call-site.ts"
import {
  type Call,
  type Driver,
  has,
  type Methods,
  patch,
  patchEach,
  textAt,
  whenThere,
  withCallback,
} from "./patch.ts"
import type { Note } from "./recorder.ts"

/**
 * A client of Prisma. It tells its SQL where it was made with `log: [{ emit: "event", level: "query" }]`; where its
 * driver adapter is recorded, it only tells where each query comes from.
 */
export const prisma: Driver = {
  is: (subject) => has(subject, "$connect", "$extends"),
  record(subject, note) {
    ;(subject as Methods).$on?.("query", (event: unknown) => {
      const text = textAt(event, "query")
      if (text !== undefined) note(text)
    })
    return withPlaces(subject)
  },
}

/** A client, or a model of it, whose operations remember where they were called: they are executed when awaited. */
function withPlaces<Subject extends object>(subject: Subject): Subject {
  return new Proxy(subject, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key)
      if (typeof value === "object" && has(value, "findMany")) return withPlaces(value as object)
      if (typeof value !== "function" || key === "$on") return value
      return (...values: unknown[]) => {
        const sites = callSites()
        const given = withCallback(
          values,
          (work) =>
            (inner, ...rest) =>
              work(withPlaces(inner as object), ...rest),
        )
        const result: unknown = Reflect.apply(value, target, given)
        if (key === "$extends") return withPlaces(result as object)
        if (!has(result, "then", "requestTransaction")) return result
        return patchEach(result as object, ["then", "catch", "finally", "requestTransaction"], ({ go }) =>
          beginningAt(sites, go),
        )
      }
    },
  })
}

/** A driver adapter, such as `new PrismaPg(...)`. */
export const prismaAdapter: Driver = {
  is: (subject) => has(subject, "connect") && textAt(subject, "adapterName") !== undefined,
  record: (factory, note) =>
    patch(factory, { connect: ({ go }) => whenThere(go(), (adapter) => recordAdapter(adapter, note)) }),
}

function recordAdapter(adapter: object, note: Note): object {
  const noted = ({ values, go }: Call) => {
    const text = textAt(values[0], "sql")
    if (text !== undefined) note(text)
    return go()
  }
  return patch(adapter, {
    queryRaw: noted,
    executeRaw: noted,
    startTransaction: ({ go }) => whenThere(go(), (transaction) => recordAdapter(transaction, note)),
  })
}
