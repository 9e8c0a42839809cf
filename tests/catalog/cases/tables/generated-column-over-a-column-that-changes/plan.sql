begin;

drop view public.v;

-- loses the values of public.t.total
alter table public.t drop column total;

alter table public.t alter column price type numeric(12,2);

alter table public.t add column total numeric generated always as ((price * (qty)::numeric)) stored;

create or replace view public.v as
 SELECT total
   FROM public.t;

alter table public.t add constraint positive CHECK ((total >= (0)::numeric));

CREATE INDEX t_total ON public.t USING btree (total);

commit;
