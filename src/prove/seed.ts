import type { Connection } from "../db/connection.ts"
import { quoteIdentifier } from "../sql/identifier.ts"
import type { Facts } from "./facts.ts"
import { seedOf } from "./values.ts"

/**
 * Puts a row into every table that has none, as far as its constraints can be met by guessing, so that queries have
 * something to find and triggers something to fire on. Parents come before children by trying until nothing more works.
 */
export async function seed(connection: Connection, facts: Facts): Promise<void> {
  let waiting = Object.entries(facts.relations).filter(([, { kind }]) => kind === "r" || kind === "p")
  await connection.run("set lock_timeout = '1s'; set statement_timeout = '2s'")
  for (let before = -1; waiting.length !== before; ) {
    before = waiting.length
    const left: typeof waiting = []
    for (const entry of waiting) {
      const [name, { columns, constraints }] = entry
      const parents = Object.values(constraints).filter(({ type }) => type === "f")
      const given = Object.entries(columns).filter(
        ([, { default: value, identity, generated }]) =>
          value === null && identity === "" && generated === "",
      )
      const values = given.map(([column, { type }]) => {
        const parent = parents.find(({ columns: keys }) => keys.length === 1 && keys[0] === column)
        const referenced = /REFERENCES [^(]+\(([^,)]+)\)/.exec(parent?.definition ?? "")?.[1]
        return parent?.references && referenced !== undefined
          ? `(select ${referenced} from ${parent.references} limit 1)`
          : seedOf(type, facts)
      })
      const insert =
        given.length === 0
          ? `insert into ${name} default values`
          : `insert into ${name} (${given.map(([column]) => quoteIdentifier(column)).join(", ")}) select ${values.join(", ")} where not exists (select from ${name})`
      await connection.run(insert).catch(() => left.push(entry))
    }
    waiting = left
  }
}
