import { deploy } from "../../api/deploy.ts"
import { parseConnection } from "../../db/settings.ts"
import { ToolError } from "../../diagnostic.ts"
import { runInstead } from "../child.ts"
import { defineCommand } from "../command.ts"
import type { Context } from "../context.ts"
import { gateOptions } from "../gate.ts"
import { readVariable } from "../io.ts"
import { waitForIt } from "../wait-for-it.ts"

const migratorVariable = "LOCKSTEP_MIGRATOR_URL"

export const entrypoint = defineCommand({
  name: "entrypoint",
  // Standard output is the program's.
  logs: "stderr",
  description:
    "Waits until the database has the revisions that this folder holds, with the application's own rights, and then runs the program behind `--` in its place: with its streams and signals, and with its exit code. Any number of replicas may start at once. It applies nothing, unless `--apply` is given and the variable `LOCKSTEP_MIGRATOR_URL` holds an address with another user than the application's: then one replica deploys, the others wait, and the program never sees that address.",
  operands: {
    program: { required: true, help: "The program, behind `--`" },
    arguments: { many: true, help: "Its arguments" },
  },
  options: {
    timeout: { type: "duration", default: 60_000, help: "How long to wait for the schema" },
    interval: { type: "duration", default: 500, help: "Pause between two looks" },
    apply: { type: "flag", help: "Deploy first, as the user of `LOCKSTEP_MIGRATOR_URL`" },
  },
  examples: [
    { line: "entrypoint -- node server.js", says: "in a Dockerfile: ENTRYPOINT" },
    {
      line: "entrypoint --apply --timeout 5min -- node server.js",
      says: "where there is no place for a job",
    },
  ],
  async run({ timeout, interval, apply }, { program, arguments: words }, context) {
    const applied = apply ? await applyAs(context, timeout) : []
    const report = await waitForIt(context, { timeout, interval })
    const { [migratorVariable]: _, ...env } = context.io.env
    const exitOfProgram = await runInstead([program, ...words], env, context.io)
    return { result: { ...report, applied }, exitOfProgram }
  },
})

/** Deploys with the migrator's credentials. */
async function applyAs(context: Context, timeout: number): Promise<readonly string[]> {
  const url = readVariable(context.io.env, migratorVariable)
  if (url === undefined)
    throw new ToolError(
      "same-credentials",
      `--apply needs ${migratorVariable}, an address with the migrator's user`,
      {
        subject: migratorVariable,
        hint: "without --apply it only waits until the schema is there; `lockstep deploy` in a job applies it",
      },
    )
  const { outOfOrder } = await context.configuration()
  const options = await context.runOptions()
  const userOf = (address: string | undefined) => parseConnection(address, options.libpqVariables).user
  if (userOf(url) === userOf(options.url))
    throw new ToolError(
      "same-credentials",
      `${migratorVariable} has the user of the application, ${userOf(url)}`,
      {
        subject: migratorVariable,
        hint: "give the migrator a user of its own: `lockstep roles plan` prints how",
      },
    )
  const { applied } = await deploy({
    ...options,
    ...(await gateOptions(context)),
    outOfOrder,
    url,
    urlOrigin: migratorVariable,
    runnerWaitMs: Math.max(timeout, options.runnerWaitMs ?? 60_000),
  })
  return applied.map(({ id }) => id)
}
