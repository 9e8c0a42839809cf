create role c1_app;
create procedure p() language sql as '';
create function f(int) returns int language sql as 'select 1';
create aggregate a(int) (sfunc = int4pl, stype = int);
grant execute on procedure p() to c1_app;
