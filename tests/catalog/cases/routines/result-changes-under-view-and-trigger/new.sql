create function f() returns text language sql as $$ select 'x' $$; create view v as select f() as x;
