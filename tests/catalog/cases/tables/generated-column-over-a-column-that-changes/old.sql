create table t (id int, price int, qty int, total int generated always as (price * qty) stored);
create index t_total on t (total);
create view v as select total from t;
alter table t add constraint positive check (total >= 0);
