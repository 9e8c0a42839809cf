create type e as enum ('b');
comment on type e is 'E';
grant usage on type e to corpus_r;
revoke usage on type e from public;
create table t (x e);
