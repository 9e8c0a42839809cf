create role corpus_r;
create type e as enum ('a', 'b');
comment on type e is 'E';
grant usage on type e to corpus_r;
revoke usage on type e from public;
create table t (x e);
