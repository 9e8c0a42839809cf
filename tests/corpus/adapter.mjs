// Lockstep as an engine for a scorer of schema differences: reads both databases and prints the script between them.
import { createJiti } from "jiti"

const jiti = createJiti(import.meta.url)
const [{ connect }, { parseConnection }, { introspect }, { plan: makePlan }, { printScript }] =
  await Promise.all([
    jiti.import("../../src/db/node-postgres.ts"),
    jiti.import("../../src/db/settings.ts"),
    jiti.import("../../src/introspect/introspect.ts"),
    jiti.import("../../src/plan/plan.ts"),
    jiti.import("../../src/plan/print.ts"),
  ])

export const name = "lockstep"

export async function plan({ fromUrl, toUrl }) {
  const [from, to] = await Promise.all([read(fromUrl), read(toUrl)])
  return printScript(makePlan(from, to))
}

async function read(url) {
  const connection = await connect(parseConnection(url, {}), "corpus")
  try {
    return await introspect(connection, { secrets: "read" })
  } finally {
    await connection.close()
  }
}
