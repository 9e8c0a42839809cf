import { converges } from "./converge.ts"
import { withRoles } from "./roles.ts"

const tables =
  "create table t (id int primary key, a int, b text); create table u (id int primary key); create schema s;"

converges("publications of all tables, of some, of rows and columns, and of schemas", {
  since: 15,
  old: tables,
  new: `${tables} create publication everything for all tables with (publish = 'insert, truncate');
    create publication parts for table t (id, a) where (a > 1), table u with (publish_via_partition_root);
    create publication whole for tables in schema s, table u; create publication nothing;
    comment on publication parts is 'some'`,
})

converges("publications of tables", {
  old: `${tables} create publication p for table t, u`,
  new: `${tables} create publication p for table u with (publish = 'delete')`,
  says: ["alter publication p drop table only public.t"],
})

converges("publications change in place", {
  since: 15,
  old: `${tables} create publication p for table t where (a > 1), table u; create publication q for tables in schema s;
    create publication r for all tables`,
  new: `${tables} ${withRoles("publication_owner superuser")}
    create publication p for table t (id, b) where (id > 1) with (publish = 'insert, update', publish_via_partition_root);
    create publication q for table u; alter publication q owner to publication_owner; create publication r for table t`,
  says: [
    "alter publication p set (publish = 'insert, update')",
    "alter publication p set (publish_via_partition_root = true)",
    "alter publication p drop table only public.u",
    "alter publication q drop tables in schema s",
  ],
  saysNot: [/drop publication p/],
})

converges("a published column changes its type, a published table goes", {
  since: 15,
  old: `${tables} create publication p for table t (id, a) where (a > 1), table u`,
  new: `create table t (id int primary key, a bigint, b text); create schema s; create publication p for table t (id, a) where (a > 1)`,
})

converges("generated columns are published", {
  since: 18,
  old: "create publication p",
  new: "create publication p with (publish_generated_columns = stored)",
  says: ["alter publication p set (publish_generated_columns = stored)"],
})
