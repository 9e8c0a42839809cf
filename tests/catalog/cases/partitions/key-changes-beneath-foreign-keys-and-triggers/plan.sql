begin;

alter table public.c drop constraint c_p;

alter table public.p detach partition public.p1;

alter table public.p1 drop constraint p1_pkey;

drop table public.p;

create table public.p (
  tenant bigint constraint p_tenant_not_null not null,
  id integer constraint p_id_not_null not null,
  constraint p_pkey PRIMARY KEY (tenant, id)
) partition by LIST (tenant);

alter table public.p enable row level security;

comment on table public.p is 'by tenant';

comment on column public.p.id is 'number';

alter table public.c alter column tenant type bigint;

alter table public.p1 alter column tenant type bigint;

alter table public.p1 add constraint p1_pkey PRIMARY KEY (tenant, id);

alter table public.p attach partition public.p1 FOR VALUES IN ('1');

alter index public.p_pkey attach partition public.p1_pkey;

alter table public.c add constraint c_p FOREIGN KEY (tenant, p_id) REFERENCES public.p(tenant, id);

CREATE TRIGGER t BEFORE INSERT ON public.p FOR EACH ROW EXECUTE FUNCTION public.touch();

create policy own on public.p to public using ((tenant = 1));

commit;
