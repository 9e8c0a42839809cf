import { type Call, type Driver, has, patch, textAt, whenThere } from "./patch.ts"
import type { Note } from "./recorder.ts"

interface Executor {
  compileQuery(node: unknown, id: unknown): { readonly sql: string }
}

interface Kysely {
  getExecutor(): Executor
  withPlugin(plugin: {
    transformQuery(given: { readonly node: unknown; readonly queryId: unknown }): unknown
    transformResult(given: { readonly result: unknown }): Promise<unknown>
  }): object
}

/** A `Kysely`, by a plugin that changes nothing; it is in its transactions too. */
export const kysely: Driver = {
  is: (subject) => has(subject, "getExecutor", "withPlugin"),
  record(subject, note) {
    const database = subject as Kysely
    const executor = database.getExecutor()
    return database.withPlugin({
      transformQuery({ node, queryId }) {
        note(executor.compileQuery(node, queryId).sql)
        return node
      },
      transformResult: async ({ result }) => result,
    })
  },
}

/** A dialect, by the connections of the driver that it makes. */
export const kyselyDialect: Driver = {
  is: (subject) => has(subject, "createDriver", "createQueryCompiler"),
  record: (dialect, note) =>
    patch(dialect, {
      createDriver: ({ go }) =>
        whenThere(go(), (driver) =>
          patch(driver, {
            acquireConnection: (call) =>
              whenThere(call.go(), (connection) => recordConnection(connection, note)),
          }),
        ),
    }),
}

function recordConnection(connection: object, note: Note): object {
  const noted = ({ values, go }: Call) => {
    const text = textAt(values[0], "sql")
    if (text !== undefined) note(text)
    return go()
  }
  return patch(connection, { executeQuery: noted, streamQuery: noted })
}
