create function f() returns int language sql as 'select 1';
create function f(int) returns int language sql as 'select 1';
create function f(text, variadic int[]) returns int language sql as 'select 1';
