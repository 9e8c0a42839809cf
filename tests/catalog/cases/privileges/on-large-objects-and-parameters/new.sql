create procedure p() language sql as '';
create function f(int) returns int language sql as 'select 1';
create aggregate a(int) (sfunc = int4pl, stype = int);
revoke all on function f(int) from public;
revoke all on function a(int) from public;
revoke all on procedure p() from public;
grant execute on all routines in schema public to c1_app;
