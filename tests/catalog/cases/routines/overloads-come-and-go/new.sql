create function f(int) returns int language sql as 'select 1'; create function f(text, int) returns int language sql as 'select 2'; create function f(bigint) returns int language sql as 'select 3';
