begin;

drop index public.i;

CREATE INDEX i ON public.t USING hash (b);

commit;
