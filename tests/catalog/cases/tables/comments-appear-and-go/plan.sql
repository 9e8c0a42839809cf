begin;

comment on schema public is 'mine';

comment on table public.t is null;

comment on column public.t.a is null;

comment on column public.t.b is 'c';

CREATE INDEX i ON public.t USING btree (a);

comment on index public.i is 'i';

commit;
