create function f(a int) returns int language sql as 'select 1';
create procedure p(a int) language sql as 'select 1';
