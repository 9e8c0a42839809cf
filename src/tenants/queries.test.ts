import { expect, test } from "vitest"
import { loadParser } from "../sql/parser.ts"
import { unboundQueries } from "./queries.ts"

const parse = await loadParser()
const tables = ["shop.orders", "shop.items", "shop.users"]

const views = new Map(
  Object.entries({
    "shop.open_orders": "select * from shop.orders where state = 'open'",
    "shop.mine": "select id, total from shop.orders where tenant_id = current_setting('app.tenant')::bigint",
    "shop.lines": `select o.tenant_id, o.id, i.price from shop.orders o
      join shop.items i on i.tenant_id = o.tenant_id and i.order_id = o.id`,
    "shop.loose_lines":
      "select o.tenant_id, i.price from shop.orders o join shop.items i on i.order_id = o.id",
    "shop.totals": "select tenant_id, sum(total) as total from shop.open_orders group by tenant_id",
    "shop.everything": "select tenant_id, id from shop.orders union all select tenant_id, id from shop.items",
    "shop.ids": "select id from shop.orders",
    "shop.renamed": "select tenant_id as owner, id from shop.orders",
  }).flatMap(([name, sql]) => {
    const node = parse(sql)
    return node === undefined ? [] : [[name, node] as const]
  }),
)

/** The tables of tenants that a query takes rows from without saying of which tenant. */
function unbound(sql: string): readonly string[] {
  const found = unboundQueries(
    [{ name: "q", sql, node: parse(sql) }],
    { schemas: ["shop"], by: "column" },
    tables,
    views,
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
  "select * from open_orders where tenant_id = $1",
  "select * from shop.mine where id = $1",
  "select * from lines where lines.tenant_id = $1",
  "select * from totals t join users u using (tenant_id) where u.tenant_id = $1",
  "select * from everything where tenant_id = $1",
  "select * from orders o join open_orders p on p.tenant_id = o.tenant_id where o.tenant_id = $1",
  "with l as (select * from lines) select * from l where tenant_id = $1",
  "select * from (select o.tenant_id, i.price from orders o join items i using (tenant_id)) x where x.tenant_id = $1",
  "update open_orders set total = 0 where tenant_id = $1",
  "delete from orders o using lines l where l.tenant_id = $1 and o.tenant_id = l.tenant_id",
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
  ["select * from open_orders where id = $1", ["orders"]],
  ["select * from lines where id = $1", ["items", "orders"]],
  ["select * from loose_lines where tenant_id = $1", ["items"]],
  ["select sum(total) from totals", ["orders"]],
  ["select * from everything where id = $1", ["items", "orders"]],
  ["select * from orders where tenant_id = $1 and id in (select id from ids)", ["orders"]],
  ["update open_orders set total = 0 where id = $1", ["orders"]],
  ["update orders set total = 0 where id = $1", ["orders"]],
  ["delete from orders", ["orders"]],
  ["insert into orders select * from items", ["items"]],
  ["select 1 where exists (select from users where email = $1)", ["users"]],
])("does not: %s", (sql, expected) => {
  expect(unbound(sql)).toEqual(expected)
})
