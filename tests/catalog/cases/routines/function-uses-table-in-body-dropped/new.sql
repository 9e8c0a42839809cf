create table u (a int);
create function f() returns bigint language sql as 'select count(*) from u';
