create function f(a int default 1, b text default 'x') returns int language sql as 'select 1'; create view v as select f();
