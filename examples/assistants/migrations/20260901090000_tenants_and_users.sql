-- revision: 1f0a6c2e9b71
-- phase: expand
-- why: the first customers and their people

create table tenants (
  id bigint generated always as identity primary key,
  name text not null,
  created_at timestamptz not null default now()
);

create table users (
  tenant_id bigint not null references tenants,
  id bigint generated always as identity,
  email text not null,
  created_at timestamptz not null default now(),
  primary key (tenant_id, id),
  unique (tenant_id, email)
);

-- verify
select email from users limit 0;

-- rollback
drop table users;
drop table tenants;
