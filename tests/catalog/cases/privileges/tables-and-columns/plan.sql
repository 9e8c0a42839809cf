begin;

revoke delete, insert, maintain, references, select, trigger, truncate, update on table public.t from corpus_b cascade;

grant select on table public.t to public;

grant insert, select on table public.t to corpus_a with grant option;

revoke update (a) on table public.t from corpus_a;

grant update (b) on table public.t to corpus_b;

alter table public.t add column c integer;

grant update (c) on table public.t to corpus_b;

commit;
