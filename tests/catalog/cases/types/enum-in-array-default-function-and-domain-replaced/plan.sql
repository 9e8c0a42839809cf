begin;

set check_function_bodies = off;

drop index public.open_ones;

alter table public.tickets drop constraint c;

drop view public.open_tickets;

alter table only public.tickets alter column hist drop default;

alter table only public.tickets alter column l drop default;

alter table only public.tickets alter column s drop default;

drop function public.next_status(public.status);

drop function public.of_status(public.status);

alter domain public.live_status drop constraint live_status_check;

alter type public.status rename to status__replaced;

create type public.status as enum (
  'open',
  'new',
  'closed'
);

alter domain public.live_status rename to live_status__replaced;

create domain public.live_status as public.status constraint live_status_check CHECK ((VALUE <> 'closed'::public.status));

alter table public.tickets alter column l type public.live_status using l::text::public.live_status;

drop domain public.live_status__replaced;

alter table public.tickets alter column hist type public.status[] using hist::text::public.status[],
  alter column s type public.status using s::text::public.status;

drop type public.status__replaced;

CREATE OR REPLACE FUNCTION public.next_status(s public.status DEFAULT 'new'::public.status)
 RETURNS public.status
 LANGUAGE plpgsql
AS $function$begin return s; end$function$;

CREATE OR REPLACE FUNCTION public.of_status(s public.status)
 RETURNS SETOF public.tickets
 LANGUAGE sql
 STABLE
AS $function$select * from tickets where s = $1$function$;

alter table only public.tickets alter column hist set default ARRAY['new'::public.status];

alter table only public.tickets alter column l set default 'open'::public.status;

alter table only public.tickets alter column s set default 'new'::public.status;

create or replace view public.open_tickets as
 SELECT id,
    s
   FROM public.tickets
  WHERE (s = 'open'::public.status);

alter table public.tickets add constraint c CHECK ((s <> 'closed'::public.status));

CREATE INDEX open_ones ON public.tickets USING btree (id) WHERE (s = 'open'::public.status);

commit;
