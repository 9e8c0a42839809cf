begin;

drop index public.t_h_idx;

create extension citext schema public;

comment on extension citext is 'data type for case-insensitive character strings';

alter table public.t add column c public.citext;

alter table only public.t alter column h set default '"a"=>"1"'::public.hstore;

alter table public.t add constraint t_c_key UNIQUE (c);

CREATE INDEX t_h_idx ON public.t USING gist (h);

commit;
