create type c as (a int);
create function f() returns c language sql as 'select row(1)::c';
create function g(c[]) returns setof c language sql as 'select * from unnest($1)';
create view v as select (f()).a;
