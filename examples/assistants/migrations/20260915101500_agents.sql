-- revision: 3d92b7f4c018
-- parent: 1f0a6c2e9b71
-- phase: expand
-- why: a tenant's people let software agents work for them

create type agent_state as enum ('draft', 'active', 'retired');

create table agents (
  tenant_id bigint not null references tenants,
  id bigint generated always as identity,
  owner_id bigint not null,
  name text not null,
  state agent_state not null default 'draft',
  settings jsonb not null default '{}',
  primary key (tenant_id, id),
  foreign key (tenant_id, owner_id) references users (tenant_id, id)
);

create index agents_owner on agents (tenant_id, owner_id);

-- verify
select settings from agents where state = 'active' limit 0;

-- rollback
drop table agents;
drop type agent_state;
