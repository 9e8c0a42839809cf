begin;

set check_function_bodies = off;

drop index public.index_accounts_on_username_trgm;

drop index public.index_statuses_on_account;

alter sequence public.accounts_id_seq owned by none;

drop view public.account_summaries;

alter table only public.accounts alter column username drop default;

alter table only public.statuses alter column tags drop default;

alter table only public.statuses alter column visibility drop default;

create extension btree_gin schema public;

comment on extension btree_gin is 'support for indexing common datatypes in GIN';

CREATE OR REPLACE FUNCTION public.timestamp_id(table_name text)
 RETURNS bigint
 LANGUAGE plpgsql
AS $function$ declare t bigint; begin return (extract(epoch from now()) * 1000)::bigint << 16 | nextval(table_name || '_id_seq')::bigint; end $function$;

alter table public.accounts alter column username type public.citext;

alter table public.statuses alter column tags type text[] using tags::text[]::text[];

alter table public.statuses alter column tags set not null;

alter table public.ar_internal_metadata add column updated_at timestamp(6) without time zone default now() not null;

alter table public.accounts alter column created_at type timestamp(6) without time zone;

alter table public.statuses alter column visibility type smallint;

alter table public.statuses add column searchable tsvector generated always as (to_tsvector('simple'::regconfig, text)) stored;

alter table only public.accounts alter column id set default public.timestamp_id('accounts'::text);

alter table only public.accounts alter column username set default ''::public.citext;

alter table only public.statuses alter column tags set default '{}'::text[];

alter table only public.statuses alter column visibility set default 0;

create materialized view public.account_summaries as
 SELECT accounts.id AS account_id,
    count(statuses.id) AS n
   FROM (public.accounts
     LEFT JOIN public.statuses ON ((statuses.account_id = accounts.id)))
  GROUP BY accounts.id;

CREATE UNIQUE INDEX index_account_summaries_on_account_id ON public.account_summaries USING btree (account_id);

CREATE INDEX index_accounts_on_username_trgm ON public.accounts USING gin (((username)::text) public.gin_trgm_ops, domain);

CREATE INDEX index_statuses_on_account ON public.statuses USING btree (account_id, id DESC) WHERE (visibility = ANY (ARRAY[0, 1]));

CREATE INDEX index_statuses_search ON public.statuses USING gin (searchable);

commit;
