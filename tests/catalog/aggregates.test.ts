import { converges } from "./converge.ts"
import { withRoles } from "./roles.ts"

converges("aggregates of every kind", {
  old: "",
  new: `${withRoles("aggregate_reader")}
    create aggregate total(int) (sfunc = int4pl, stype = int, initcond = '0', combinefunc = int4pl, parallel = safe,
      msfunc = int4pl, minvfunc = int4mi, mstype = int, minitcond = '0');
    create aggregate howmany(*) (sfunc = int8inc, stype = int8, initcond = '0');
    create aggregate median(fraction float8 order by anyelement) (sfunc = ordered_set_transition, stype = internal,
      finalfunc = percentile_disc_final, finalfunc_extra, finalfunc_modify = read_write);
    create aggregate position_of(variadic "any" order by variadic "any") (sfunc = ordered_set_transition_multi,
      stype = internal, finalfunc = rank_final, finalfunc_extra, hypothetical);
    create aggregate least_of(anycompatible) (sfunc = max_of, stype = anycompatible, sspace = 8);
    comment on aggregate total(int) is 'sum'; comment on aggregate howmany(*) is 'count';
    grant execute on function howmany() to aggregate_reader; revoke execute on function total(int) from public;
    create table t (a int); create view v as select total(a) as a, howmany(*) as b from t`.replace(
    "create aggregate least_of(anycompatible) (sfunc = max_of,",
    `create function max_of(anycompatible, anycompatible) returns anycompatible language sql as 'select $1';
     create operator <<< (leftarg = int, rightarg = int, function = int4lt);
     create aggregate lowest(int) (sfunc = int4smaller, stype = int, sortop = <<<);
     create aggregate least_of(anycompatible) (sfunc = max_of,`,
  ),
})

converges("an aggregate changes, in place where it can", {
  old: `create aggregate total(int) (sfunc = int4pl, stype = int); create aggregate kept(a int) (sfunc = int4pl, stype = int);
    create table t (a int); create view v as select total(a) as a from t; create view k as select kept(a) as a from t`,
  new: `${withRoles("aggregate_owner")}
    create aggregate total(int) (sfunc = int4_sum, stype = int8); alter aggregate total(int) owner to aggregate_owner;
    create aggregate kept(a int) (sfunc = int4pl, stype = int, initcond = '5', parallel = restricted);
    create table t (a int); create view v as select total(a) as a from t; create view k as select kept(a) as a from t`,
  saysNot: [/drop routine public\.kept/],
})
