create table t (a bigint, b int generated always as (a * 3) stored, c int generated always as (a) stored, d int);
