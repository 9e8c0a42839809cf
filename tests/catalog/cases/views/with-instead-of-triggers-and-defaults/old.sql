create table t (id int primary key, a text, b int);
create view v as select id, a from t; create function f() returns trigger language plpgsql as 'begin return new; end'; create trigger tr instead of insert on v for each row execute function f(); alter view v alter a set default 'x'; comment on column v.a is 'c';
