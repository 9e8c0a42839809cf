import type { Kind, Scope } from "../kinds/kind.ts"

/** What decides how the server prints: names qualified, and constants the same in every session. */
export const opening = [
  "begin transaction isolation level repeatable read read only",
  "set local search_path = ''",
  "set local quote_all_identifiers = off",
  "set local datestyle = 'ISO, MDY'",
  "set local intervalstyle = postgres",
  "set local extra_float_digits = 1",
  "set local timezone = 'UTC'",
  "set local bytea_output = hex",
  "set local jit = off",
]

/**
 * Selects the objects of a kind, each with its type and identity. These are asked for in the list of what is selected and
 * not in FROM, where each call would cost the server a scan of its own.
 */
export function objectQuery(kind: Kind, scope: Scope): string {
  if (kind.synthetic || kind.identified) return kind.query(scope)
  return `select (each.identified).type, (each.identified).identity, each.*
    from (select read.*, pg_identify_object(read.classid, read.objid, read.objsubid) as identified
      from (${kind.query(scope)}) read offset 0) each`
}
