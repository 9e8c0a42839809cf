import { applyRoleSetup, planRoleSetup, type RolesOutcome } from "../../api/roles-apply.ts"
import { type AuditRolesOptions, auditRoles, type RoleAudit, type RoleAudits } from "../../api/roles-audit.ts"
import { auditTenants, type TenantAudit } from "../../api/tenants.ts"
import { ToolError } from "../../diagnostic.ts"
import { didYouMean } from "../../did-you-mean.ts"
import { auditSarif } from "../../report/audit-sarif.ts"
import { printAudit } from "../../report/role-audit.ts"
import { printRoleSetup } from "../../report/role-setup.ts"
import { printTenantAudit } from "../../report/tenant-audit.ts"
import { applicationLogins } from "../../roles/model.ts"
import { isAddress } from "../address.ts"
import { defineCommand, type Outcome } from "../command.ts"
import type { Context } from "../context.ts"
import { metricsOption } from "../tell-options.ts"

const actions = ["audit", "plan", "apply"] as const

export const roles = defineCommand({
  name: "roles",
  description:
    "`roles audit` finds every path by which a role that should only read and write could alter the schema, become another role, or widen its own rights: each with the chain that makes it possible and the SQL that closes it. It reads catalogs only, needs no superuser, and works with a bare URL, without a project. What is more than a role needs but no path (TEMP, TRUNCATE, BYPASSRLS) is told apart. Exits with 3 where there is a path. Without `--role`, the roles of the setting `roles` are audited; without those the connecting role, or, where that is an administrator, every role that may log in.\n\n`roles plan` prints the SQL that leads to the setting `roles`, with the reason for each statement; `roles apply` runs it in one transaction, as a superuser or as an administrator with CREATEROLE. Running it again changes nothing. `apply` exits with 3 where a path is left that it does not close, as the functions of others.",
  operands: {
    action: { required: true, help: "`audit`, `plan` or `apply`" },
    target: { help: "An environment of the configuration, or a database's URL" },
  },
  options: {
    role: { type: "list", value: "name", help: "Audit this role; may be given several times" },
    tenants: {
      type: "flag",
      help: "With `audit`: compare the tables of the setting `tenants` with its rules instead",
    },
    format: {
      type: "choice",
      choices: ["text", "sarif"],
      default: "text",
      help: "`sarif` for code scanning",
    },
    ...metricsOption,
  },
  examples: [
    {
      line: "roles audit prod --role app",
      says: "exit 0: the application cannot migrate; exit 3: how it could",
    },
    { line: "roles audit postgresql://localhost/shop --role app", says: "any database, without a project" },
    { line: "roles audit prod --format sarif > roles.sarif", says: "for code scanning" },
    { line: "roles audit prod --tenants", says: "tables in which tenants are not kept apart" },
    { line: "roles plan prod", says: "the SQL that sets the roles up, as a script" },
    { line: "roles apply prod", says: "run it; again, as often as you like" },
  ],
  async run({ role, format, tenants }, { action, target }, context) {
    if (!isAction(action))
      throw new ToolError("wrong-operands", `there is no "roles ${action}"`, {
        subject: action,
        hint: didYouMean(action, actions) ?? `it is: ${actions.map((each) => `roles ${each}`).join(", ")}`,
      })
    if (tenants && action === "audit") return tenantAudit(target, context)
    return action === "audit"
      ? audit(await auditOptions(role, target, context), format)
      : setUp(action, target, context)
  },
})

function isAction(word: string): word is (typeof actions)[number] {
  return (actions as readonly string[]).includes(word)
}

async function auditOptions(
  named: readonly string[],
  target: string | undefined,
  context: Context,
): Promise<AuditRolesOptions> {
  const [only, ...more] = named
  const chosen = only === undefined ? {} : more.length === 0 ? { role: only } : { roles: named }
  if (target !== undefined && isAddress(target))
    return { url: target, libpqVariables: context.io.env, packagesFrom: context.io.cwd, ...chosen }
  const place = target === undefined ? context : context.inEnvironment(target)
  const { roles: configured } = await place.configuration()
  const logins = configured === undefined ? [] : applicationLogins(configured.model)
  return {
    ...(await place.targetOptions()),
    ...(configured === undefined ? {} : { accept: configured.accept }),
    ...(named.length === 0 && logins.length > 0 ? { roles: logins } : chosen),
  }
}

async function setUp(
  action: "plan" | "apply",
  target: string | undefined,
  context: Context,
): Promise<Outcome<RolesOutcome>> {
  const isUrl = target !== undefined && isAddress(target)
  const place = target === undefined || isUrl ? context : context.inEnvironment(target)
  const { roles: configured } = await place.configuration()
  if (configured === undefined) throw noRoles()
  const options = {
    ...(await place.targetOptions()),
    ...(isUrl ? { url: target } : {}),
    ...configured,
  }
  const result = await (action === "plan" ? planRoleSetup(options) : applyRoleSetup(options))
  const open = result.audits.some(({ paths }) => paths.length > 0)
  return {
    result,
    exit: action === "apply" && open ? 3 : 0,
    verbatim: true,
    text: (paint) => printRoleSetup(result, action, paint),
  }
}

async function tenantAudit(target: string | undefined, context: Context): Promise<Outcome<TenantAudit>> {
  const isUrl = target !== undefined && isAddress(target)
  const place = target === undefined || isUrl ? context : context.inEnvironment(target)
  const { tenants: rules } = await place.configuration()
  if (rules === undefined)
    throw new ToolError(
      "invalid-config",
      "the setting tenants is missing, which says what keeps tenants apart",
      {
        subject: "tenants",
        hint: 'in lockstep.config.ts: tenants: { schemas: ["app"], by: "column", column: "tenant_id" }',
      },
    )
  const result = await auditTenants({
    ...(await place.targetOptions()),
    ...(isUrl ? { url: target } : {}),
    rules,
  })
  return {
    result,
    exit: result.findings.length > 0 ? 3 : 0,
    text: (paint) => printTenantAudit(result, paint),
  }
}

function noRoles(): ToolError {
  return new ToolError("invalid-config", "the setting roles is missing, which says what the roles are", {
    subject: "roles",
    hint: 'in lockstep.config.ts: roles: { owner: "shop_owner", migrator: "shop_migrator", applications: ["shop_api"] }',
  })
}

async function audit(
  options: AuditRolesOptions,
  format: "text" | "sarif",
): Promise<Outcome<RoleAudit | RoleAudits>> {
  const result = await auditRoles(options)
  const audits = "roles" in result ? result.roles : [result]
  return {
    result,
    ...("roles" in result ? {} : { beside: besideOf(result) }),
    exit: audits.some(({ paths }) => paths.length > 0) ? 3 : 0,
    verbatim: true,
    text: (paint) =>
      format === "sarif"
        ? JSON.stringify(auditSarif(audits), undefined, 2)
        : audits.map((each) => printAudit(each, paint)).join("\n\n"),
  }
}

function besideOf({ role, paths, excess, unseen }: RoleAudit) {
  return { role, paths, excess, unseen }
}
