create type c as (a int, b int);
create function f() returns c language sql as 'select row(1, 2)::c';
create function g(c[]) returns setof c language sql as 'select * from unnest($1)';
create view v as select (f()).a;
