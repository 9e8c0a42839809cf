import { converges } from "./converge.ts"
import { withRoles } from "./roles.ts"

converges("collations of ICU and of the operating system", {
  old: "",
  new: `create collation german (provider = icu, locale = 'de');
    create collation nocase (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
    create collation plain (locale = 'C'); comment on collation plain is 'bytes';
    create table t (a text collate nocase primary key, b text collate plain default 'x');
    create domain d as text collate german;
    create view v as select a collate german as a from t`,
})

converges("a collation changes below columns that keep their values", {
  old: `create collation c (provider = icu, locale = 'de'); create table t (a text collate c, b int);
    create index on t (a); create view v as select a from t`,
  new: `create collation c (provider = icu, locale = 'sv'); create table t (a text collate c, b int);
    create index on t (a); create view v as select a from t`,
  seed: "insert into t values ('ä', 1), ('z', 2)",
  keeps: ["select a, b from t order by b"],
})

converges("rules of a collation", {
  since: 16,
  old: "create collation c (provider = icu, locale = 'und', rules = '&V << w <<< W')",
  new: "create collation c (provider = icu, locale = 'und', rules = '&a < g')",
})

converges("a collation of the builtin provider", {
  since: 17,
  old: "create collation b (provider = builtin, locale = 'C.UTF-8')",
  new: "create collation b (provider = builtin, locale = 'C')",
})

converges("the owner of a collation", {
  old: `${withRoles("collation_owner")} create collation c (locale = 'C')`,
  new: `${withRoles("collation_owner")} create collation c (locale = 'C'); alter collation c owner to collation_owner`,
  says: ["alter collation public.c owner to collation_owner"],
})
