begin;

drop index public.t_a;

alter table public.t cluster on t_b_key;

CREATE UNIQUE INDEX t_a ON public.t USING btree (a);

alter table public.t replica identity using index t_a;

commit;
