begin;

alter table public.t rename constraint aa to t_a_not_null;

alter table public.t alter column b set not null;

alter table public.t rename constraint t_c_not_null to cc;

alter table public.t alter column c drop not null;

alter table public.t add constraint cc not null c no inherit;

alter table public.t add constraint dn not null d not valid;

commit;
