import { drizzle } from "./drizzle.ts"
import { kysely, kyselyDialect } from "./kysely.ts"
import type { Driver } from "./patch.ts"
import { pg } from "./pg.ts"
import { postgresJs } from "./postgres-js.ts"
import { prisma, prismaAdapter } from "./prisma.ts"

/** Everything that can be recorded; the first that knows a thing takes it. */
export const drivers: readonly Driver[] = [
  postgresJs,
  prisma,
  prismaAdapter,
  kysely,
  kyselyDialect,
  drizzle,
  pg,
]
