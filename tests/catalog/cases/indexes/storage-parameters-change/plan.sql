begin;

drop index public.i;

CREATE INDEX i ON public.t USING btree (b) WITH (fillfactor='90', deduplicate_items=off);

commit;
