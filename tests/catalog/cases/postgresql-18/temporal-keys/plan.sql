begin;

create table public.c (
  id integer,
  p_id integer,
  valid daterange,
  constraint c_id_valid_key UNIQUE (id, valid WITHOUT OVERLAPS)
);

alter table public.p alter column id set not null;

alter table public.p alter column valid set not null;

alter table public.p add constraint p_pkey PRIMARY KEY (id, valid WITHOUT OVERLAPS);

alter table public.c add constraint c_p_id_valid_fkey FOREIGN KEY (p_id, PERIOD valid) REFERENCES public.p(id, PERIOD valid);

commit;
