begin;

alter table public.t add column a integer;

comment on column public.t.a is 'x';

commit;
