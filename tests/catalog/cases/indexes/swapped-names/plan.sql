begin;

drop index public.x;

drop index public.y;

CREATE INDEX x ON public.t USING btree (b);

CREATE INDEX y ON public.t USING btree (a);

commit;
