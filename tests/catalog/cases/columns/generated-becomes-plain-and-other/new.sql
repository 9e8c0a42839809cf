create table w (a int, b int, c int generated always as (a + 1) stored);
