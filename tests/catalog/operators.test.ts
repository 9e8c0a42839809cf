import { converges } from "./converge.ts"
import { withRoles } from "./roles.ts"

const functions = `create function same(int, text) returns bool language sql immutable as 'select $1::text = $2';
  create function same2(text, int) returns bool language sql immutable as 'select $1 = $2::text';
  create function other(int, text) returns bool language sql immutable as 'select $1::text <> $2';
  create function neg(text) returns text language sql immutable as 'select $1';`

converges("operators with commutators, negators and estimators", {
  old: "",
  new: `${functions}
    create operator === (leftarg = int, rightarg = text, function = same, commutator = ===, negator = !==,
      restrict = eqsel, join = eqjoinsel, hashes, merges);
    create operator === (leftarg = text, rightarg = int, function = same2, commutator = ===);
    create operator !== (leftarg = int, rightarg = text, function = other, negator = ===);
    create operator !@ (rightarg = text, function = neg);
    comment on operator === (int, text) is 'equal'; comment on operator !@ (none, text) is 'prefix';
    create view v as select 1 operator(public.===) 'x'::text as a, operator(public.!@) 'y'::text as b;
    create table t (a int, b text, check (a operator(public.===) b));
    create function f(int) returns bool language sql begin atomic select $1 operator(public.===) 'x'::text; end`,
})

converges("an operator changes, in place where it can", {
  old: `${functions} create operator === (leftarg = int, rightarg = text, function = same, join = eqjoinsel);
    create operator ?@ (rightarg = text, function = neg);
    create operator !== (leftarg = int, rightarg = text, function = other);
    create view v as select 1 operator(public.!==) 'x'::text as a`,
  new: `${functions} ${withRoles("operator_owner")}
    create operator === (leftarg = int, rightarg = text, function = same, restrict = eqsel);
    create operator ?@ (rightarg = text, function = neg); alter operator ?@ (none, text) owner to operator_owner;
    create operator !== (leftarg = int, rightarg = text, function = same, hashes);
    create view v as select 1 operator(public.!==) 'x'::text as a`,
  says: [
    "alter operator public.===(integer,pg_catalog.text) set (restrict = eqsel)",
    "alter operator public.===(integer,pg_catalog.text) set (join = none)",
    "alter operator public.?@(NONE,pg_catalog.text) owner to operator_owner",
  ],
})

const pairs = `create type pair as (a int, b int);
  create function lt(pair, pair) returns bool language sql immutable as 'select ($1).a < ($2).a';
  create function le(pair, pair) returns bool language sql immutable as 'select ($1).a <= ($2).a';
  create function eq(pair, pair) returns bool language sql immutable as 'select ($1).a = ($2).a';
  create function ge(pair, pair) returns bool language sql immutable as 'select ($1).a >= ($2).a';
  create function gt(pair, pair) returns bool language sql immutable as 'select ($1).a > ($2).a';
  create function cmp(pair, pair) returns int language sql immutable as 'select ($1).a - ($2).a';
  create operator *< (leftarg = pair, rightarg = pair, function = lt);
  create operator *<= (leftarg = pair, rightarg = pair, function = le);
  create operator *= (leftarg = pair, rightarg = pair, function = eq);
  create operator *>= (leftarg = pair, rightarg = pair, function = ge);
  create operator *> (leftarg = pair, rightarg = pair, function = gt);`
const pairClass =
  "operator 1 *<, operator 2 *<=, operator 3 *=, operator 4 *>=, operator 5 *>, function 1 cmp(pair, pair)"

converges("a family with a class, loose members, and an index that needs them", {
  old: "",
  new: `${pairs} create operator family fam using btree;
    create operator class pairs for type pair using btree family fam as ${pairClass};
    create operator class ints for type int4 using btree family fam as operator 1 <, operator 2 <=, operator 3 =,
      operator 4 >=, operator 5 >, function 1 btint4cmp(int4, int4), function 2 btint4sortsupport(internal);
    alter operator family fam using btree add operator 1 < (int4, int8), function 1 (int4, int8) btint48cmp(int4, int8);
    create operator class arrays for type int4[] using gin as operator 1 && (anyarray, anyarray),
      function 1 btint4cmp(int4, int4), function 2 ginarrayextract(anyarray, internal, internal),
      function 3 ginqueryarrayextract(anyarray, internal, int2, internal, internal, internal, internal),
      function 4 ginarrayconsistent(internal, int2, anyarray, int4, internal, internal, internal, internal), storage int4;
    create operator class points for type point using gist as operator 15 <-> (point, point) for order by float_ops,
      function 1 gist_point_consistent(internal, point, smallint, oid, internal), function 2 gist_box_union(internal, internal),
      function 5 gist_box_penalty(internal, internal, internal), function 6 gist_box_picksplit(internal, internal),
      function 7 gist_box_same(box, box, internal), storage box;
    comment on operator family fam using btree is 'family'; comment on operator class pairs using btree is 'class';
    create table t (p pair, a int[]); create index on t (p pairs); create index on t using gin (a arrays)`,
})

converges("a class becomes the default of its type, and its indexes are built again", {
  old: `${pairs} create operator class pairs for type pair using btree as ${pairClass};
    create table t (p pair); create index i on t (p pairs)`,
  new: `${pairs} ${withRoles("operator_owner")}
    create operator class pairs default for type pair using btree as ${pairClass};
    alter operator class pairs using btree owner to operator_owner;
    alter operator family pairs using btree owner to operator_owner;
    create table t (p pair); create index i on t (p)`,
  seed: "insert into t values ('(1,2)')",
  keeps: ["select * from t"],
})

converges("a family loses and gains loose members", {
  old: `create operator family fam using btree;
    alter operator family fam using btree add operator 1 < (int4, int8), function 1 (int4, int8) btint48cmp(int4, int8)`,
  new: `create operator family fam using btree;
    alter operator family fam using btree add operator 1 < (int8, int4), function 1 (int4, int8) btint48cmp(int4, int8)`,
  says: ["alter operator family public.fam using btree drop operator 1 (integer, bigint)"],
})
