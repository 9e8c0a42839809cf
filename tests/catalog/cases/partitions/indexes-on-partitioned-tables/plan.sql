begin;

drop index public.i;

drop index public.own;

drop index public.u;

CREATE INDEX i ON ONLY public.m USING btree (b DESC);

comment on index public.i is 'x';

CREATE INDEX j ON ONLY public.m USING btree (b, a);

CREATE UNIQUE INDEX u ON ONLY public.m USING btree (a, b) INCLUDE (b);

CREATE UNIQUE INDEX m1_a_b_b1_idx ON public.m1 USING btree (a, b) INCLUDE (b);

CREATE INDEX m1_b_idx ON public.m1 USING btree (b DESC);

alter index public.u attach partition public.m1_a_b_b1_idx;

alter index public.i attach partition public.m1_b_idx;

commit;
