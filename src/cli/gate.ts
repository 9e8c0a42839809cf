import { resolve } from "node:path"
import type { GateOptions } from "../api/gate.ts"
import type { HoldRules } from "../api/hold.ts"
import { applicationLogins } from "../roles/model.ts"
import type { Context } from "./context.ts"
import { given } from "./given.ts"
import { isCi } from "./io.ts"
import { applicationRole, readConfiguredQueries } from "./queries.ts"

/** What the configuration asks of a deploy to the context's environment. */
export async function gateOptions(context: Context): Promise<GateOptions & HoldRules> {
  const configuration = await context.configuration()
  const { gate, root, targetOf, database, roles } = configuration
  const { promotesFrom: from, promotionAge, promotionAgeExpand, evidence, evidenceKeys } = gate
  const { maxForecast: maxForecastMs, maxWaiting: maxWaitingMs, guard } = gate
  const { preflight, windows, freezes, onlyFromCi, requireCommit, approvals, soak } = gate
  const promotion =
    from === undefined
      ? undefined
      : {
          from,
          target: () => targetOf(from),
          ...given({
            ageMs: promotionAge,
            expandAgeMs: promotionAgeExpand,
            file: evidence === undefined ? undefined : resolve(root, evidence),
            keys: evidenceKeys,
          }),
        }
  const terminal = context.io.stdin.isTTY === true && !isCi(context.io.env)
  return given({
    ...applicationRole(configuration),
    preflight,
    windows,
    freezes,
    onlyFromCi,
    requireCommit,
    approvals: approvals || undefined,
    promotion,
    audit: roles && { roles: applicationLogins(roles.model), accept: roles.accept },
    maxForecastMs,
    maxWaitingMs,
    guard,
    terminal,
    soakMs: soak,
    bundleName: database,
    queries: await readConfiguredQueries(configuration, "where there"),
    scratch: { root },
  })
}
