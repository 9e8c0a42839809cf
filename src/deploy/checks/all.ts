import type { PreflightCheck } from "../check.ts"
import { disk } from "./disk.ts"
import { environment } from "./environment.ts"
import { history } from "./history.ts"
import { identity } from "./identity.ts"
import { indexes } from "./indexes.ts"
import { pending } from "./pending.ts"
import { pooler } from "./pooler.ts"
import { replication } from "./replication.ts"
import { runner } from "./runner.ts"
import { server } from "./server.ts"
import { transactions } from "./transactions.ts"
import { writable } from "./writable.ts"

/** Every check, in the order in which their lines are printed. */
export const checks: readonly PreflightCheck[] = [
  identity,
  server,
  writable,
  pooler,
  environment,
  history,
  runner,
  disk,
  replication,
  transactions,
  indexes,
  pending,
]
