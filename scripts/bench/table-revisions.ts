import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"

/** How many tables the revisions make. */
export const tables = 100

/**
 * Writes revisions that make the tables, as many in each as it takes, and then add a column each.
 *
 * @returns which columns they add, by the table's number
 */
export function writeRevisions(root: string, revisions: number): ReadonlyMap<number, readonly string[]> {
  const added = new Map<number, string[]>()
  mkdirSync(join(root, "migrations"), { recursive: true })
  const each = Math.ceil(tables / revisions)
  for (let place = 0; place < revisions; place += 1) {
    const first = place * each
    const made = Array.from({ length: each }, (_, index) => first + index).filter((index) => index < tables)
    const column = `added_${place}`
    if (made.length === 0) added.set(place % tables, [...(added.get(place % tables) ?? []), column])
    const sql =
      made.length > 0
        ? made.map((index) => tableText(index)).join("\n")
        : `alter table t_${place % tables} add column ${column} int;`
    const parent = place === 0 ? "" : `-- parent: ${nameOf(place - 1)}\n`
    writeFileSync(
      join(root, `migrations/${nameOf(place)}.sql`),
      `-- revision: ${nameOf(place)}\n${parent}\n${sql}\n`,
    )
  }
  return added
}

export function nameOf(place: number): string {
  return `r${String(place).padStart(4, "0")}`
}

/** A table whose key refers to the one before. */
export function tableText(index: number, added: readonly string[] = []): string {
  return `create table t_${index} (
  id bigint primary key generated always as identity,
  parent bigint${index === 0 ? "" : ` references t_${index - 1}`},
  name text not null default 'x',
  amount numeric(12,2) check (amount >= 0),
  created_at timestamptz not null default now()${added.map((name) => `,\n  ${name} int`).join("")});
create index on t_${index} (parent);
comment on table t_${index} is 'table ${index}';`
}
