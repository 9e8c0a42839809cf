create type mood as enum ('ok', 'sad');
create table t (id int, m mood default 'ok', ms mood[]);
create function f(mood) returns mood language sql as 'select $1';
create view v as select m from t where m = 'ok';
