begin;

drop index public.u;

CREATE UNIQUE INDEX u ON public.t USING btree (b, id);

alter table public.t cluster on u;

alter table public.t replica identity using index u;

commit;
