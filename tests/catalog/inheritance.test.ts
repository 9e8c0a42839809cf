import { converges } from "./converge.ts"

converges("a table changes its parent, and gets what the new one declares", {
  old: `create table p1 (a int, x int); create table p2 (b text not null default 'q', x int, check (x > 0));
    create table c (own int) inherits (p1)`,
  new: `create table p1 (a int, x int); create table p2 (b text not null default 'q', x int, check (x > 0));
    create table c (own int) inherits (p2)`,
  seed: "insert into c (own, x) values (1, 2)",
  keeps: ["select own, x from c"],
  saysNot: [/alter table public\.c add column/],
})

converges("a parent drops a column that one heir declares itself", {
  old: "create table p (a int, b int); create table c (d int) inherits (p); create table c2 (b int) inherits (p)",
  new: "create table p (a int); create table c (d int) inherits (p); create table c2 (b int) inherits (p)",
  seed: "insert into c2 values (1, 2)",
  keeps: ["select b from c2"],
})

converges("a check that parent and heir both declare", {
  old: "create table p (a int, check (a > 0), constraint z check (a < 100) no inherit); create table c (d int) inherits (p)",
  new: `create table p (a int, check (a > 1), constraint y check (a is not null));
    create table c (d int, constraint y check (a is not null)) inherits (p)`,
})

converges("heirs of heirs go with their parents", {
  old: `create table g (a int); create table o (x int); create table p (b int) inherits (g);
    create table c (d int) inherits (o, p)`,
  new: "",
})

converges("an inherited NOT NULL that the heir says again", {
  since: 18,
  old: "",
  new: "create table p (id int primary key); create table c (constraint c_pkey primary key (id)) inherits (p)",
})
