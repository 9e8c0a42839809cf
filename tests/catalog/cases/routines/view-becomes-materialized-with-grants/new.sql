create table t (a int);
create materialized view v as select a from t;
grant select on v to corpus_r;
grant insert (a), update (a) on t to corpus_r with grant option;
