create type c as (a bigint, d date, b text collate "C");
create type c2 as (y int, x c, z c[]);
comment on column c.a is 'x';
comment on type c is 'y';
