begin;

drop index public.y;

alter table public.t drop constraint x;

alter table public.t add constraint y UNIQUE (b);

CREATE UNIQUE INDEX x ON public.t USING btree (a);

commit;
