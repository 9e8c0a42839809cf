create role corpus_a;
create table t (a int, b int);
create view v as select a, b from t;
grant select on v to corpus_a;
grant update (a) on v to corpus_a;
alter view v owner to corpus_a;
grant select on t to corpus_a;
create function f(v) returns int language sql as 'select 1';
grant execute on function f(v) to corpus_a;
