create table t (id int, price numeric(12,2), qty int, total numeric generated always as (price * qty) stored);
create index t_total on t (total);
create view v as select total from t;
alter table t add constraint positive check (total >= 0);
