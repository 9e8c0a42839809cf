begin;

alter table only public.t alter column id drop default;

-- loses the state of public.ids
drop sequence public.ids;

create table public.ids (
  id integer
);

commit;
