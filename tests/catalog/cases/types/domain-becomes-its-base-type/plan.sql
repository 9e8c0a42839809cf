begin;

drop index public.users_lower_idx;

drop view public.mails;

alter table public.users alter column mail type text,
  alter column others type text[] using others::text[]::text[];

drop domain public.email;

create or replace view public.mails as
 SELECT mail
   FROM public.users;

CREATE INDEX users_lower_idx ON public.users USING btree (lower(mail));

commit;
