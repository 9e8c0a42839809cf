import { expect, test } from "vitest"
import { loadParser } from "../sql/parser.ts"
import { unboundQueries } from "./queries.ts"

const parse = await loadParser()
const tables = ["shop.orders", "shop.items", "shop.users"]

/** The tables of tenants that a query takes rows from without saying of which tenant. */
function unbound(sql: string): readonly string[] {
  const found = unboundQueries(
    [{ name: "q", sql, node: parse(sql) }],
    { schemas: ["shop"], by: "column" },
    tables,
  )
  return found.map(({ table }) => table.slice(5))
}

test.each([
  "select * from shop.orders where tenant_id = $1",
  "select * from orders o where o.tenant_id = $1::bigint and o.id = $2",
  "select * from orders where tenant_id = current_setting('app.tenant')::bigint",
  "select * from orders where tenant_id = any($1)",
  "select * from orders where tenant_id in ($1, $2)",
  "select * from orders where (tenant_id, id) = ($1, $2)",
  "select * from orders o join items i on i.tenant_id = o.tenant_id and i.order_id = o.id where o.tenant_id = $1",
  "select * from orders o join items i using (tenant_id, id) where i.tenant_id = $1",
  "select * from orders o left join items i on i.tenant_id = o.tenant_id where o.tenant_id = $1",
  "select * from orders o, items i where o.tenant_id = $1 and i.tenant_id = o.tenant_id",
  "select * from orders o where o.tenant_id = $1 and exists (select from items i where i.tenant_id = o.tenant_id)",
  "select (select count(*) from items i where i.tenant_id = o.tenant_id) from orders o where o.tenant_id = $1",
  "with mine as (select * from orders where tenant_id = $1) select * from mine join items i on i.tenant_id = mine.tenant_id",
  "with mine as (select * from orders) select * from mine where tenant_id = $1",
  "select * from (select * from orders where tenant_id = $1) o join items using (tenant_id)",
  "select * from orders where tenant_id = $1 and id = 1 or tenant_id = $1 and id = 2",
  "select * from orders where tenant_id = $1 union all select * from orders where tenant_id = $1",
  "update orders set total = 0 where tenant_id = $1",
  "update orders o set total = i.total from items i where i.tenant_id = o.tenant_id and o.tenant_id = $1",
  "delete from orders using items i where orders.tenant_id = $1 and i.tenant_id = orders.tenant_id",
  "insert into orders (tenant_id, total) values ($1, 0)",
  "insert into orders select * from items where tenant_id = $1",
  "merge into orders o using (values ($1::bigint, 1)) s (tenant_id, id) on o.tenant_id = $1 and o.id = s.id when matched then delete",
  "select * from public.orders",
  "select * from countries",
])("says whose: %s", (sql) => {
  expect(unbound(sql)).toEqual([])
})

test.each([
  ["select * from orders", ["orders"]],
  ["select * from shop.orders where id = $1", ["orders"]],
  ["select * from orders where tenant_id <> $1", ["orders"]],
  ["select * from orders where not tenant_id = $1", ["orders"]],
  ["select * from orders where tenant_id = $1 or public", ["orders"]],
  ["select * from orders where tenant_id = owner_id", ["orders"]],
  ["select * from orders o join items i on i.order_id = o.id where o.tenant_id = $1", ["items"]],
  ["select * from orders o join items i on i.tenant_id = o.tenant_id", ["items", "orders"]],
  ["select * from orders o left join items i on i.tenant_id = $1 and o.tenant_id = $1", ["orders"]],
  [
    "select * from orders o where tenant_id = $1 and exists (select from items i where i.order_id = o.id)",
    ["items"],
  ],
  [
    "with all_of as (select * from orders) select * from all_of where tenant_id = $1 and id in (select id from all_of)",
    ["orders"],
  ],
  ["select * from orders where tenant_id = $1 union select * from items", ["items"]],
  ["update orders set total = 0 where id = $1", ["orders"]],
  ["delete from orders", ["orders"]],
  ["insert into orders select * from items", ["items"]],
  ["select 1 where exists (select from users where email = $1)", ["users"]],
])("does not: %s", (sql, expected) => {
  expect(unbound(sql)).toEqual(expected)
})
