create function s(int, int) returns int language sql immutable as 'select $1 * $2';
create aggregate a(int) (sfunc = s, stype = int, initcond = '1', parallel = safe);
create view v as select a(x) from generate_series(1, 2) x;
comment on aggregate a(int) is 'x';
