create role corpus_a;
create role corpus_b;
create table t (a int, b int);
grant select on t to corpus_a;
grant update (a) on t to corpus_a;
grant all on t to corpus_b with grant option;
