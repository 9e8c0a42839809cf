create function f(a int, b int default 2) returns int language sql as 'select 1';
create function g() returns table (a int) language sql as 'select 1';
create function h(out x int, out y int) language sql as 'select 1, 2';
create function i(int) returns int language sql as 'select 1';
