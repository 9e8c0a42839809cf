begin;

drop index public.i;

CREATE INDEX i ON public.t USING btree (b) WHERE ((a IS NOT NULL) AND (b > 3));

commit;
