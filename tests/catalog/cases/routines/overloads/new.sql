create function f(int, int default 1) returns int language sql as 'select 2';
create function f(text) returns int language sql as 'select 1';
create function f(text, variadic int[]) returns int language sql as 'select 3';
