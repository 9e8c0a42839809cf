begin;

drop index public.i;

CREATE INDEX i ON public.t USING btree (b DESC NULLS LAST, a COLLATE "C") INCLUDE (id);

commit;
