import { quoteLiteral } from "../sql/identifier.ts"
import { splitName, unquote, withSuffix } from "../sql/written-name.ts"
import type { PlannedStep } from "./plan.ts"

/** A column that takes the place of another one of the same table, after a time in which both hold the same. */
export interface Successor {
  /** Identity of the table: `public.users`. */
  readonly table: string
  /** Names, quoted where necessary, and types. */
  readonly old: { readonly name: string; readonly type: string }
  readonly fresh: { readonly name: string; readonly type: string }
}

/** The name that a column has beside the one that it replaces, or that replaces it. */
export function beside(name: string, suffix: "new" | "old"): string {
  return withSuffix(name, `__${suffix}`)
}

/**
 * The trigger that keeps both columns the same: code of before writes one of them, code of after the other. It does
 * nothing where both agree already, so that filling the new column never changes the old one.
 */
export function keepInStep(successor: Successor): readonly PlannedStep[] {
  const { table, old, fresh } = successor
  const [trigger, routine] = [triggerOf(successor), routineOf(successor)]
  const toOld = `new.${old.name} := new.${fresh.name}`
  const toFresh = `new.${fresh.name} := new.${old.name}`
  const differ = `new.${fresh.name} is distinct from new.${old.name}${castToCompare(old.type, fresh.type)}`
  const body = `
begin
  if tg_op = 'INSERT' then
    if new.${fresh.name} is null then ${toFresh}; else ${toOld}; end if;
  elsif new.${fresh.name} is distinct from old.${fresh.name} then
    if ${differ} then ${toOld}; end if;
  elsif new.${old.name} is distinct from old.${old.name} then
    ${toFresh};
  end if;
  return new;
end
`
  return [
    custom(
      `create function ${routine}() returns trigger language plpgsql set search_path = '' as $lockstep$${body}$lockstep$`,
    ),
    custom(
      `create trigger ${trigger} before insert or update on ${table} for each row execute function ${routine}()`,
    ),
  ]
}

/** Ends what `keepInStep` has begun. */
export function letGo(successor: Successor): readonly PlannedStep[] {
  return [
    custom(`drop trigger ${triggerOf(successor)} on ${successor.table}`),
    custom(`drop function ${routineOf(successor)}()`),
  ]
}

const pagesAtOnce = 500

/**
 * Fills the new column in rows that were there before, some thousand at a time, each with a commit of its own. Rows that
 * are written meanwhile are the trigger's. What is filled already stays as it is, so it may run again.
 */
export function fill({ table, old, fresh }: Successor): PlannedStep {
  const value = `${old.name}${castBetween(old.type, fresh.type)}`
  const compared = `${old.name}${castToCompare(old.type, fresh.type)}`
  return backfill(table, fresh.name, value, `${fresh.name} is distinct from ${compared}`)
}

/** Sets a column to a value in all rows that fulfil a condition, in batches. */
export function backfill(table: string, column: string, value: string, where: string): PlannedStep {
  const step = custom(
    `do $lockstep$
declare
  pages bigint := pg_relation_size(${quoteLiteral(table)}) / current_setting('block_size')::bigint;
  page bigint := 0;
begin
  while page <= pages loop
    update ${table} set ${column} = ${value}
    where ctid >= format('(%s,0)', page)::tid and ctid < format('(%s,0)', page + ${pagesAtOnce})::tid
      and ${where};
    commit;
    page := page + ${pagesAtOnce};
  end loop;
end
$lockstep$`,
    "forbidden",
  )
  return { ...step, object: `table column ${table}.${column}` }
}

/**
 * The cast that an assignment needs. One that is written out cuts a text off where it is too long for the type; one
 * that goes without saying is refused then.
 */
export function castBetween(from: string, to: string): string {
  return from === to || to.startsWith("character") ? "" : `::${to}`
}

/** The cast that a comparison needs: most types are not compared with texts. */
function castToCompare(from: string, to: string): string {
  if (from !== to && to.endsWith("[]")) return `::${to}`
  const isText = (type: string) => type === "text" || type.startsWith("character")
  return to.startsWith("character") && !isText(from) ? "::text" : castBetween(from, to)
}

function triggerOf({ old }: Successor): string {
  // Triggers fire in the order of their names: this one sees what the others have made of the row.
  return withSuffix(`zz_lockstep_${unquote(old.name)}`, "")
}

function routineOf({ table, old }: Successor): string {
  const [schema, name] = splitName(table)
  return `${schema}.${withSuffix(`zz_lockstep_${unquote(name)}_${unquote(old.name)}`, "")}`
}

/** A statement that no difference of catalogs asks for. */
export function custom(sql: string, transaction: PlannedStep["transaction"] = "allowed"): PlannedStep {
  return { sql, file: "plan", line: 1, transaction, verb: "alter", object: "" }
}
