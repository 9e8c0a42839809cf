import type { SafetyCase } from "../case.ts"
import { aloneCases } from "./alone.ts"
import { applicationCases } from "./applications.ts"
import { clinicCases } from "./clinics.ts"
import { everydayCases } from "./everyday.ts"
import { lockCases } from "./locks.ts"
import { queryCases } from "./queries.ts"
import { saasCases } from "./saas.ts"
import { transactionCases } from "./transactions.ts"

/** Every case, for the tests and for the benchmark. */
export const safetyCases: readonly SafetyCase[] = [
  ...lockCases,
  ...transactionCases,
  ...queryCases,
  ...applicationCases,
  ...everydayCases,
  ...saasCases,
  ...aloneCases,
  ...clinicCases,
]
