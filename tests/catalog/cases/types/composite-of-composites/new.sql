create type a as (x int, z text); create type b as (a a, y text, q int); create table w (b b, bs b[]); create function f(b) returns a language sql as 'select ($1).a';
