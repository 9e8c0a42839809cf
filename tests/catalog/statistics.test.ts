import { converges } from "./converge.ts"
import { withRoles } from "./roles.ts"

converges("statistics over columns and expressions", {
  old: "create table t (a int, b int, c text)",
  new: `create table t (a int, b int, c text); create schema s; create statistics pairs on a, b from t;
    create statistics s.most (mcv, ndistinct) on (a + 1), b from t; create statistics one on (lower(c)) from t;
    alter statistics pairs set statistics 500; comment on statistics pairs is 'a and b'`,
})

converges("statistics change, get an owner, and survive what happens to their columns", {
  old: `create table t (a int, b int, c text); create statistics pairs (mcv) on a, b from t;
    create statistics kept on a, c from t; alter statistics kept set statistics 100; comment on statistics kept is 'kept'`,
  new: `${withRoles("statistics_owner")} create table t (a bigint, b int, c text); create statistics pairs on a, b from t;
    create statistics kept on a, c from t; alter statistics kept set statistics 100; comment on statistics kept is 'kept';
    alter statistics pairs owner to statistics_owner`,
})

converges("statistics go with a column", {
  old: "create table t (a int, b int, c text); create statistics st on a, b from t",
  new: "create table t (a int, c text)",
  saysNot: [/drop statistics/],
})

converges("the target of statistics changes in place", {
  old: "create table t (a int, b int); create statistics st on a, b from t",
  new: "create table t (a int, b int); create statistics st on a, b from t; alter statistics st set statistics 0",
  says: ["alter statistics public.st set statistics 0"],
  saysNot: [/^create|^drop/],
})
