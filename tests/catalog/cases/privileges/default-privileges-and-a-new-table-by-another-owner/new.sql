alter default privileges for role corpus_a grant select on tables to public;
create table t (a int);
alter table t owner to corpus_a;
grant insert on t to corpus_a;
