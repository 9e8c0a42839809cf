begin;

set check_function_bodies = off;

drop trigger on_auth_user_created on auth.users;

CREATE OR REPLACE FUNCTION auth.uid()
 RETURNS uuid
 LANGUAGE sql
 STABLE
AS $function$ select coalesce(nullif(current_setting('request.jwt.claim.sub', true), ''), (current_setting('request.jwt.claims', true)::jsonb ->> 'sub'))::uuid $function$;

create table public.friends (
  a uuid not null,
  b uuid not null,
  constraint friends_pkey PRIMARY KEY (a, b)
);

alter table public.friends enable row level security;

revoke all on table public.friends from c3_service;

revoke all on table public.friends from postgres;

grant delete, insert, maintain, references, select, trigger, truncate, update on table public.friends to postgres;

CREATE OR REPLACE FUNCTION public.are_friends(x uuid, y uuid)
 RETURNS boolean
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO ''
AS $function$ select exists (select 1 from public.friends where a = x and b = y) $function$;

revoke execute on function public.are_friends(pg_catalog.uuid,pg_catalog.uuid) from public;

create type public.visibility as enum (
  'public',
  'friends',
  'private'
);

alter table public.profiles add column visibility public.visibility default 'public'::public.visibility not null;

alter policy "Public profiles are viewable by everyone." on public.profiles to c3_anon, c3_authenticated;

alter policy "Public profiles are viewable by everyone." on public.profiles using (((visibility = 'public'::public.visibility) OR ((visibility = 'friends'::public.visibility) AND public.are_friends(id, auth.uid()))));

-- loses the values of public.profiles.is_public
alter table public.profiles drop column is_public;

CREATE OR REPLACE FUNCTION public.handle_new_user()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public'
AS $function$ begin insert into public.profiles (id) values (new.id); return new; end $function$;

alter table public.profiles force row level security;

revoke select on table public.profiles from c3_anon;

grant select (id) on table public.profiles to c3_anon;

grant select (username) on table public.profiles to c3_anon;

grant update (username) on table public.profiles to c3_authenticated;

alter table public.friends add constraint friends_a_fkey FOREIGN KEY (a) REFERENCES public.profiles(id);

alter table public.friends add constraint friends_b_fkey FOREIGN KEY (b) REFERENCES public.profiles(id);

CREATE TRIGGER on_auth_user_created AFTER INSERT OR UPDATE OF email ON auth.users FOR EACH ROW EXECUTE FUNCTION public.handle_new_user();

alter policy "Users can update own profile." on public.profiles to c3_authenticated;

alter policy "Users can update own profile." on public.profiles with check ((auth.uid() = id));

create policy mine on public.friends as restrictive to public using ((a = ( SELECT auth.uid() AS uid)));

create publication realtime with (publish = 'insert, update, delete, truncate');

alter publication realtime add table only public.profiles;

alter default privileges for role postgres in schema public revoke delete, insert, maintain, references, trigger, truncate, update on tables from c3_service;

commit;
