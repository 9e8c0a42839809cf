create table t (a int, b int, c int);
grant insert, select on t to corpus_a with grant option;
grant update (b, c) on t to corpus_b;
grant select on t to public;
