-- revision: 58c1e0a7d36f
-- parent: 3d92b7f4c018
-- phase: expand
-- why: who changed an agent, and when, for the customers' auditors

create table audit_event (
  id bigint generated always as identity primary key,
  tenant_id bigint not null,
  at timestamptz not null default now(),
  actor text not null default current_user,
  action text not null,
  before jsonb,
  after jsonb
);

create function audit_agents() returns trigger language plpgsql as $$
begin
  insert into audit_event (tenant_id, action, before, after)
  values (coalesce(new.tenant_id, old.tenant_id), 'agent ' || lower(tg_op), to_jsonb(old), to_jsonb(new));
  return null;
end
$$;

create trigger audit_agents after insert or update or delete on agents
  for each row execute function audit_agents();

-- verify
select count(*) = 1 from pg_trigger where tgname = 'audit_agents';

-- rollback
drop trigger audit_agents on agents;
drop function audit_agents();
drop table audit_event;
