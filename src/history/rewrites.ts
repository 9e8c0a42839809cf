import { quoteLiteral } from "../sql/identifier.ts"

/** What the guard in the database raises with; classes from I on are not PostgreSQL's own. */
export const rewriteRefused = "LS001"

/** The setting in which a transaction says which tables it may write anew: names, oids, or `*` for all. */
export const rewritesSetting = "lockstep.rewrites"

/** Sets, for the rest of a transaction, which tables it may write anew. What is renamed meanwhile stays what it is. */
export function mayRewriteText(tables: "all" | readonly string[]): string {
  if (tables === "all") return `set local ${rewritesSetting} = '*'`
  const oids = tables.map((name) => `pg_catalog.to_regclass(${quoteLiteral(name)})::pg_catalog.oid`)
  return `select pg_catalog.set_config('${rewritesSetting}', pg_catalog.concat_ws(',', ${oids.join(", ") || "null"}), true)`
}
