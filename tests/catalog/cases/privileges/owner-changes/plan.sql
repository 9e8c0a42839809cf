begin;

set check_function_bodies = off;

alter schema s owner to corpus_a;

alter type public.e owner to corpus_a;

alter domain public.d owner to corpus_a;

alter function public.f() owner to corpus_a;

alter sequence public.q owner to corpus_a;

alter table public.t owner to corpus_a;

alter view public.v owner to corpus_b;

alter materialized view public.m owner to corpus_a;

grant select on table public.m to corpus_b;

commit;
