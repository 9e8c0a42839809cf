import type { RulePage } from "./rules.ts"

/**
 * The rules of schemas that hold the rows of several tenants, where the configuration declares one (`tenants`). The
 * examples are of a schema `shop`, kept apart by the column `tenant_id`; the last one by row security.
 */
export const tenantRulePages = {
  "tenant-column": {
    severity: "error",
    when: "A table of a schema that `tenants` declares has no tenant column, or one that may be null.",
    why: "Nothing says whose its rows are, or a row may belong to nobody. Whoever queries it cannot keep tenants apart.",
    fix: "Add the column, `NOT NULL`. Where a table belongs to no tenant (countries, currencies), list it under `tenants.exceptions` with the reason.",
    bad: "create schema shop;\ncreate table shop.notes (id bigint primary key, note text);",
    good: "create schema shop;\ncreate table shop.notes (tenant_id bigint not null, id bigint, note text, primary key (tenant_id, id));",
  },
  "tenant-index": {
    severity: "error",
    when: "No index of a tenant table begins with the tenant column.",
    why: "Every query of one tenant reads the rows of all of them, and becomes slower with each new tenant.",
    fix: "Put the tenant column first in the primary key, or in an index. A partial index does not count.",
    bad: "create schema shop;\ncreate table shop.notes (id bigint primary key, tenant_id bigint not null);",
    good: "create schema shop;\ncreate table shop.notes (id bigint primary key, tenant_id bigint not null);\ncreate index notes_tenant on shop.notes (tenant_id, id);",
  },
  "tenant-foreign-key": {
    severity: "error",
    when: "A foreign key between two tenant tables does not hold the tenant column on both sides.",
    why: "A row of one tenant can refer to a row of another one, and the server has no objection.",
    fix: "Refer to a key that begins with the tenant column: `foreign key (tenant_id, note_id) references notes (tenant_id, id)`.",
    bad: "create schema shop;\ncreate table shop.notes (tenant_id bigint not null, id bigint unique, primary key (tenant_id, id));\ncreate table shop.tags (tenant_id bigint not null, id bigint, note_id bigint references shop.notes (id), primary key (tenant_id, id));",
    good: "create schema shop;\ncreate table shop.notes (tenant_id bigint not null, id bigint, primary key (tenant_id, id));\ncreate table shop.tags (tenant_id bigint not null, id bigint, note_id bigint, primary key (tenant_id, id), foreign key (tenant_id, note_id) references shop.notes);",
  },
  "tenant-row-security": {
    severity: "error",
    when: "A table of a schema that `tenants` declares as kept apart by row security has none, does not force it, lacks a policy for a command, or has one that is true for everybody.",
    why: "Without FORCE the owner sees all rows, and functions of the owner's with it. A command without a policy fails only in production; one with `true` keeps nobody apart.",
    fix: "`ENABLE` and `FORCE ROW LEVEL SECURITY`, and a policy that compares the tenant column with who asks.",
    bad: "create schema shop;\ncreate table shop.notes (id bigint primary key, tenant_id bigint not null);",
    good: "create schema shop;\ncreate table shop.notes (id bigint primary key, tenant_id bigint not null);\nalter table shop.notes enable row level security, force row level security;\ncreate policy tenant on shop.notes using (tenant_id = current_setting('app.tenant')::bigint);",
  },
} as const satisfies Readonly<Record<string, RulePage>>
