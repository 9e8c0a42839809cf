create role corpus_a;
create role corpus_b;
create table t (a int);
create policy p on t to corpus_a;
