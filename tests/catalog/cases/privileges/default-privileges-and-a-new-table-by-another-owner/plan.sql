begin;

create table public.t (
  a integer
);

alter table public.t owner to corpus_a;

commit;
