begin;

comment on constraint x on public.t is null;

alter table public.t add column b integer constraint y not null;

comment on constraint y on public.t is 'why not';

commit;
