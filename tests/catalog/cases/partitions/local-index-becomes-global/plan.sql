begin;

drop index public.p1_v;

CREATE INDEX p_v ON ONLY public.p USING btree (v);

CREATE INDEX p1_v_idx ON public.p1 USING btree (v);

CREATE INDEX p2_v_idx ON public.p2 USING btree (v);

alter index public.p_v attach partition public.p1_v_idx;

alter index public.p_v attach partition public.p2_v_idx;

commit;
