begin;

set check_function_bodies = off;

-- loses all rows of gitlab_partitions_dynamic.audit_events_000000
drop table gitlab_partitions_dynamic.audit_events_000000;

drop index public.idx_audit_author;

alter table public.projects drop constraint fk_ns;

CREATE OR REPLACE FUNCTION public.delete_associated()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$ begin delete from projects where id = old.project_id; return null; end $function$;

CREATE OR REPLACE FUNCTION public.set_sharding_key()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$ begin new.namespace_id := 1; return new; end $function$;

alter table public.audit_events alter column author_id type bigint;

alter table public.audit_events add column entity_path text;

alter table public.audit_events add constraint check_path CHECK ((char_length(entity_path) <= 5500));

create table gitlab_partitions_dynamic.audit_events_202002 (
  id bigint default nextval('public.audit_events_id_seq'::regclass) constraint audit_events_id_not_null not null,
  author_id bigint constraint audit_events_author_id_not_null not null,
  created_at timestamp without time zone constraint audit_events_created_at_not_null not null,
  details text,
  entity_path text,
  constraint audit_events_202002_pkey PRIMARY KEY (id, created_at),
  constraint check_path CHECK ((char_length(entity_path) <= 5500))
);

alter table public.projects alter column namespace_id set not null;

alter table public.issue_search add column namespace_id bigint;

alter table public.namespaces add column organization_id bigint default 1;

alter table public.projects add column organization_id bigint;

alter table public.projects validate constraint check_name;

alter table public.issue_search add constraint fk_ns FOREIGN KEY (namespace_id) REFERENCES public.namespaces(id);

alter table public.projects add constraint fk_ns FOREIGN KEY (namespace_id) REFERENCES public.namespaces(id) ON DELETE CASCADE;

CREATE INDEX idx_audit_author ON ONLY public.audit_events USING btree (author_id, created_at DESC, id DESC);

CREATE INDEX audit_events_202001_author_id_created_at_id_idx ON gitlab_partitions_dynamic.audit_events_202001 USING btree (author_id, created_at DESC, id DESC);

CREATE INDEX audit_events_202002_author_id_created_at_id_idx ON gitlab_partitions_dynamic.audit_events_202002 USING btree (author_id, created_at DESC, id DESC);

CREATE INDEX issue_search_v_idx ON ONLY public.issue_search USING gin (v) WITH (fastupdate='false');

CREATE INDEX issue_search_00_v_idx ON gitlab_partitions_static.issue_search_00 USING gin (v) WITH (fastupdate='false');

CREATE INDEX issue_search_01_v_idx ON gitlab_partitions_static.issue_search_01 USING gin (v) WITH (fastupdate='false');

alter table public.audit_events attach partition gitlab_partitions_dynamic.audit_events_202002 FOR VALUES FROM ('2020-02-01 00:00:00') TO ('2020-03-01 00:00:00');

alter index public.idx_audit_author attach partition gitlab_partitions_dynamic.audit_events_202001_author_id_created_at_id_idx;

alter index public.idx_audit_author attach partition gitlab_partitions_dynamic.audit_events_202002_author_id_created_at_id_idx;

alter index public.audit_events_pkey attach partition gitlab_partitions_dynamic.audit_events_202002_pkey;

alter index public.issue_search_v_idx attach partition gitlab_partitions_static.issue_search_00_v_idx;

alter index public.issue_search_v_idx attach partition gitlab_partitions_static.issue_search_01_v_idx;

CREATE TRIGGER key BEFORE INSERT ON public.issue_search FOR EACH ROW WHEN ((new.namespace_id IS NULL)) EXECUTE FUNCTION public.set_sharding_key();

commit;
