begin;

drop index public.i;

alter table only public.p add constraint u UNIQUE (id, at);

alter table public.p1 add constraint p1_id_at_key UNIQUE (id, at);

alter index public.u attach partition public.p1_id_at_key;

commit;
