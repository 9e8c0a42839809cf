create table t (a bigint);
create view v as select a from t;
alter view v alter column a set default 7;
comment on column v.a is 'c';
create function tf() returns trigger language plpgsql as 'begin return new; end';
create trigger w instead of insert on v for each row execute function tf();
