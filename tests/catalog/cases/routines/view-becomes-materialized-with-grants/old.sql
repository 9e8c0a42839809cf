create role corpus_r;
create table t (a int);
create view v as select a from t;
grant select on v to corpus_r;
grant insert (a) on t to corpus_r;
