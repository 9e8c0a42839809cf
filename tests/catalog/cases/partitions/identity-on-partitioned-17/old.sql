create table m (a int, b int generated always as identity) partition by list (a);
