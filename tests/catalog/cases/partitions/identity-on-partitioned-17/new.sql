create table m (a int, b int generated always as identity (increment 5)) partition by list (a);
