import type { PreflightCheck } from "../check.ts"
import { actor } from "./actor.ts"
import { approval } from "./approval.ts"
import { bundle } from "./bundle.ts"
import { commit } from "./commit.ts"
import { disk } from "./disk.ts"
import { drift } from "./drift.ts"
import { environment } from "./environment.ts"
import { forecast } from "./forecast.ts"
import { freeze } from "./freeze.ts"
import { guard } from "./guard.ts"
import { history } from "./history.ts"
import { identity } from "./identity.ts"
import { indexes } from "./indexes.ts"
import { pending } from "./pending.ts"
import { pooler } from "./pooler.ts"
import { promotion } from "./promotion.ts"
import { proof } from "./proof.ts"
import { replication } from "./replication.ts"
import { roles } from "./roles.ts"
import { runner } from "./runner.ts"
import { server } from "./server.ts"
import { trail } from "./trail.ts"
import { transactions } from "./transactions.ts"
import { window } from "./window.ts"
import { writable } from "./writable.ts"

/** Every check, in the order in which their lines are printed. */
export const checks: readonly PreflightCheck[] = [
  identity,
  server,
  writable,
  pooler,
  environment,
  history,
  trail,
  runner,
  disk,
  replication,
  transactions,
  indexes,
  pending,
  bundle,
  drift,
  roles,
  guard,
  proof,
  forecast,
  promotion,
  window,
  freeze,
  actor,
  commit,
  approval,
]
