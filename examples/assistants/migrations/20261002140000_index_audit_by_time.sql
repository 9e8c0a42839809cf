-- revision: 7ae4f3b9120c
-- parent: 58c1e0a7d36f
-- phase: expand
-- why: auditors ask for one tenant and a span of time

create index concurrently audit_event_tenant_at on audit_event (tenant_id, at);

-- rollback
drop index concurrently audit_event_tenant_at;
