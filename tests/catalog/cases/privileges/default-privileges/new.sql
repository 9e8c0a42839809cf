alter default privileges in schema public grant insert on tables to corpus_a;
alter default privileges for role corpus_b grant all on sequences to corpus_a;
alter default privileges grant usage on types to corpus_b;
alter default privileges grant usage on schemas to corpus_b;
create table t (a int);
create table u (a int);
create function f() returns int language sql as 'select 1';
