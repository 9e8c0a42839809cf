begin;

drop index public.i1;

drop index public.i2;

drop index public.i3;

drop index public.i4;

drop index public.i5;

drop index public.i6;

drop index public.i7;

CREATE INDEX i1 ON public.t USING hash (a);

CREATE INDEX i10 ON public.t USING btree (((a + 1)), ((b || 'x'::text)));

alter index public.i10 alter column 1 set statistics 50;

CREATE INDEX i2 ON public.t USING btree (a, b DESC) WITH (fillfactor='50');

CREATE UNIQUE INDEX i3 ON public.t USING btree (b) NULLS NOT DISTINCT WHERE (a > 1);

CREATE INDEX i4 ON public.t USING gin (c, d jsonb_path_ops);

CREATE INDEX i5 ON public.t USING brin (a) WITH (pages_per_range='20', autosummarize='true');

CREATE INDEX i6 ON public.t USING btree (upper(b) COLLATE "C");

CREATE INDEX i7 ON public.t USING btree (b) INCLUDE (a, c);

CREATE INDEX i8 ON public.t USING gist (e);

CREATE INDEX i9 ON public.t USING spgist (e);

comment on index public.i9 is 'x';

commit;
