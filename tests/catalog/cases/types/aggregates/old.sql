create function s(int, int) returns int language sql immutable as 'select $1 + $2';
create aggregate a(int) (sfunc = s, stype = int, initcond = '0');
create view v as select a(x) from generate_series(1, 2) x;
