begin;

drop index public.i;

CREATE INDEX i ON public.t USING gin (a public.gin_trgm_ops);

CREATE INDEX j ON public.t USING gist (a public.gist_trgm_ops (siglen='64'));

CREATE INDEX k ON public.t USING btree (a text_pattern_ops, b);

commit;
