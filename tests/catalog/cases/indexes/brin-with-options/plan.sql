begin;

drop index public.i;

CREATE INDEX i ON public.t USING brin (b int4_minmax_multi_ops) WITH (pages_per_range='32', autosummarize='on');

commit;
