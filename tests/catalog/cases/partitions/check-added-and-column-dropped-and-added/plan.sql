begin;

-- loses the values of public.p.v
alter table public.p drop column v;

alter table public.p add column w bigint default 5 not null;

alter table only public.p1 alter column w set default 5;

alter table public.p add constraint p_w_check CHECK ((w > 0));

commit;
