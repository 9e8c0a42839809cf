import { ServerError } from "../db/connection.ts"
import type { Session } from "../db/session.ts"

/**
 * Moves each sequence that belongs to a column behind the largest value there. Rows that came with their keys leave
 * sequences where they were, and an INSERT that asks one would meet a key that is there.
 */
export async function catchUp(admin: Session): Promise<void> {
  try {
    await admin.run(statement)
  } catch (error) {
    // Then INSERTs are tried as they are.
    if (!(error instanceof ServerError)) throw error
  }
}

const statement = `
do $catch_up$
declare
  owned record;
  largest pg_catalog.int8;
  last pg_catalog.int8;
begin
  for owned in
    select s.oid::pg_catalog.regclass as sequence, t.oid::pg_catalog.regclass as relation, a.attname as name
    from pg_catalog.pg_class s
    join pg_catalog.pg_depend d on d.classid operator(pg_catalog.=) 'pg_catalog.pg_class'::pg_catalog.regclass
      and d.objid operator(pg_catalog.=) s.oid and d.deptype operator(pg_catalog.=) any ('{a,i}')
      and d.refclassid operator(pg_catalog.=) 'pg_catalog.pg_class'::pg_catalog.regclass
    join pg_catalog.pg_class t on t.oid operator(pg_catalog.=) d.refobjid and t.relkind operator(pg_catalog.=) any ('{r,p}')
    join pg_catalog.pg_attribute a on a.attrelid operator(pg_catalog.=) t.oid and a.attnum operator(pg_catalog.=) d.refobjsubid
      and a.atttypid operator(pg_catalog.=) any ('{20,21,23}')
    where s.relkind operator(pg_catalog.=) 'S'
  loop
    execute pg_catalog.format('select pg_catalog.max(%I)::pg_catalog.int8 from %s', owned.name, owned.relation) into largest;
    execute pg_catalog.format('select last_value from %s', owned.sequence) into last;
    if largest operator(pg_catalog.>=) last then perform pg_catalog.setval(owned.sequence, largest); end if;
  end loop;
end $catch_up$`
