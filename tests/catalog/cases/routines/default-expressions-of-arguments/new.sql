create function f(a int default 2, b text default 'y', c int default 3) returns int language sql as 'select 1'; create view v as select f();
