begin;

drop index public.p_v;

CREATE INDEX p1_v ON public.p1 USING btree (v, id);

commit;
