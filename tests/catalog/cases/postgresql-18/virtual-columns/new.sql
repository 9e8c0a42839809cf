-- since: 18
create table t (a bigint, b int generated always as (a + 2) virtual, c int generated always as (a) virtual, d int generated always as (a * 2) virtual);
