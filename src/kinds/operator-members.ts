/**
 * Returns the text of an operator of an operator class or family, for a row `m` of pg_amop:
 * `operator 3 =(integer,integer)`, `operator 15 <->(point,point) for order by pg_catalog.float_ops`.
 */
export const operatorText = `'operator ' || m.amopstrategy || ' ' || m.amopopr::regoperator ||
  coalesce((select ' for order by ' || quote_ident(sn.nspname) || '.' || quote_ident(sf.opfname)
    from pg_opfamily sf join pg_namespace sn on sn.oid = sf.opfnamespace where sf.oid = m.amopsortfamily), '')`

/** Returns the text of a support function, for a row `m` of pg_amproc: `function 1 (integer, bigint) public.cmp(integer,bigint)`. */
export const functionText = `'function ' || m.amprocnum || ' (' || format_type(m.amproclefttype, null) || ', ' ||
  format_type(m.amprocrighttype, null) || ') ' || m.amproc::regprocedure`

/** The condition that a row `m` of pg_amop or pg_amproc belongs to an operator class `o`. */
export function belongsToClass(catalog: "pg_amop" | "pg_amproc"): string {
  return `exists (select from pg_depend d where d.classid = '${catalog}'::regclass and d.objid = m.oid
    and d.refclassid = 'pg_opclass'::regclass and d.refobjid = o.oid)`
}

/** The condition that a row `m` of pg_amop or pg_amproc is the user's and belongs to no operator class. */
export function isLoose(catalog: "pg_amop" | "pg_amproc"): string {
  return `m.oid >= 16384 and not exists (select from pg_depend d where d.classid = '${catalog}'::regclass
    and d.objid = m.oid and d.refclassid = 'pg_opclass'::regclass)`
}
