create function f(x int, b int) returns int language sql as 'select 1';
create function g() returns table (a int, b int) language sql as 'select 1, 2';
create function h(out x int) language sql as 'select 1';
create function i(int default 3) returns int language sql as 'select 1';
