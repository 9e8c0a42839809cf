import { writtenName } from "../sql/written-name.ts"

/** A statement of a plan, as far as merging asks. */
interface Mergeable {
  readonly verb: string
  readonly sql: string
  readonly losesData?: string
  readonly forbidden?: string
}

const alterTable = `^(alter table ${writtenName})`
const typeChange = new RegExp(`${alterTable} (alter column .* type .*)$`, "s")
/** What may as well come after the type of another column changed. */
const setting = new RegExp(`${alterTable} alter column .* set (?:storage|compression|statistics) `, "s")

/**
 * Puts the type changes of a table's columns into one statement, so that its rows are rewritten once.
 *
 * Only those that nothing but settings of the same table's columns stands between: the server takes the types
 * first, whatever the order within a statement.
 */
export function mergeRewrites<Step extends Mergeable>(steps: readonly Step[]): Step[] {
  const merged: Step[] = []
  let open: { readonly table: string; readonly place: number } | undefined
  for (const step of steps) {
    const [, table = "", action = ""] = typeChange.exec(step.sql) ?? []
    const first = open === undefined ? undefined : merged[open.place]
    if (table !== "" && open?.table === table && first !== undefined && step.verb === first.verb) {
      const losses = [first.losesData, step.losesData].filter((loss) => loss !== undefined)
      merged[open.place] = {
        ...first,
        sql: `${first.sql},\n  ${action}`,
        ...(losses.length === 0 ? {} : { losesData: losses.join(", ") }),
      }
      continue
    }
    if (table !== "") open = { table, place: merged.length }
    else if (setting.exec(step.sql)?.[1] !== open?.table) open = undefined
    merged.push(step)
  }
  return merged
}
