create table w (a int, b int generated always as (a * 2) stored, c int);
