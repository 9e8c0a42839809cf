create type feeling as enum ('ok', 'sad');
create table t (id int, m feeling default 'ok', ms feeling[]);
create function f(feeling) returns feeling language sql as 'select $1';
create view v as select m from t where m = 'ok';
