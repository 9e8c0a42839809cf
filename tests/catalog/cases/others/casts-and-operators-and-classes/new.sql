create type c as (a int);
create function c_int(c) returns int language sql immutable as 'select $1.a + 1';
create cast (c as int) with function c_int(c) as assignment;
create function eq(c, c) returns boolean language sql immutable as 'select $1.a = $2.a';
create operator === (leftarg = c, rightarg = c, function = eq, commutator = ===, restrict = eqsel, join = eqjoinsel);
create view v as select row(1)::c === row(2)::c as x;
