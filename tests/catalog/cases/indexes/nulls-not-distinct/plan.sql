begin;

drop index public.i;

CREATE UNIQUE INDEX i ON public.t USING btree (a) NULLS NOT DISTINCT;

commit;
