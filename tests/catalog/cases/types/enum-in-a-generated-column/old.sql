create type e as enum ('a','b'); create table w (n int, x e generated always as (case when n > 0 then 'a'::e else 'b'::e end) stored);
