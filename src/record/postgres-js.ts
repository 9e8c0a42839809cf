import { beginningAt, type CallSite, callSites } from "./call-site.ts"
import { type Driver, has, patch, withCallback } from "./patch.ts"
import type { Note } from "./recorder.ts"

/** What `postgres()` returns, and what it gives to transactions. */
export const postgresJs: Driver = {
  is: (subject) => typeof subject === "function" && has(subject, "unsafe") && has(subject, "array"),
  record: recordSql,
}

function recordSql(sql: object, note: Note): object {
  const inside = (values: readonly unknown[]) =>
    withCallback(
      values,
      (callback) =>
        (transaction, ...rest) =>
          callback(recordSql(transaction as object, note), ...rest),
    )
  patch(sql, {
    unsafe: ({ go }) => watch(go(), note),
    file: ({ go }) => watch(go(), note),
    begin: ({ values, go }) => go(inside(values)),
    savepoint: ({ values, go }) => go(inside(values)),
  })
  return new Proxy(sql, {
    apply: (target, self, values) => watch(Reflect.apply(target as () => unknown, self, values), note),
    get(target, key) {
      const value: unknown = Reflect.get(target, key)
      if (key !== "reserve" || typeof value !== "function") return value
      return async () => recordSql((await Reflect.apply(value, target, [])) as object, note)
    },
  })
}

/** The text of a query is known when it is executed; a fragment of another one never is. */
function watch(query: unknown, note: Note): unknown {
  if (!(query instanceof Promise)) return query
  const sites: readonly CallSite[] = callSites()
  let text: unknown
  Object.defineProperty(query, "string", {
    configurable: true,
    get: () => text,
    set(value: unknown) {
      text = value
      if (typeof value === "string") beginningAt(sites, () => note(value))
    },
  })
  return query
}
