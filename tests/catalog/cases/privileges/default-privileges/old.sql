create role corpus_a;
create role corpus_b;
alter default privileges grant select on tables to corpus_a;
alter default privileges revoke execute on functions from public;
create table t (a int);
