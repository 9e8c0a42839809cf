import { writeFile } from "node:fs/promises"
import { resolve } from "node:path"
import { plan as makePlan } from "../../api/plan.ts"
import { printPlanFile } from "../../deploy/plan-file.ts"
import { notWritable } from "../../file-error.ts"
import { planMarkdown } from "../../report/markdown.ts"
import { printPlan } from "../../report/plan.ts"
import { defineCommand } from "../command.ts"
import { gateOptions } from "../gate.ts"
import { given, someOf } from "../given.ts"
import { applicationOf, applicationOptions } from "../queries.ts"
import { readStatistics } from "../read-statistics.ts"
import { scratchOption, scratchOptions } from "../scratch-option.ts"
import { commentOption } from "../tell-options.ts"

export const plan = defineCommand({
  name: "plan",
  description:
    "Says what a deploy would do to a database now, statement by statement: the transaction, the locks, what is rewritten, scanned and built (observed on a scratch server of its version), for how long at its size and who waits meanwhile, which rows are lost, and which contract revisions are held. The database is only read. `--out` writes the plan with the fingerprint of the database it was made for; `upgrade --plan` and `deploy --plan` apply exactly that, and refuse where anything has moved.",
  operands: { environment: { help: "An environment of the configuration; the same as --env" } },
  options: {
    out: { type: "text", value: "path", help: "Write the plan into this file as well" },
    release: {
      type: "text",
      value: "name",
      help: "The release that it is for, as for `deploy`; it decides about contract revisions",
    },
    ...applicationOptions,
    stats: {
      type: "text",
      value: "path",
      help: "Sizes of tables, as `stats pull` prints them, instead of the database's own",
    },
    releaseHold: {
      type: "list",
      value: "revision",
      help: "Plan this contract revision although it would be held; needs `--because`",
    },
    because: { type: "text", value: "reason", help: "The reason for that" },
    ...scratchOption,
    ...commentOption,
  },
  examples: [
    { line: "plan prod", says: "what the next deploy would do there" },
    {
      line: "plan prod --out plan.json",
      says: "then, once it was read: lockstep upgrade --env prod --plan plan.json",
    },
    { line: "plan prod --json", says: "for a program" },
  ],
  async run({ out, release, queries, role, stats, releaseHold, because, scratch }, { environment }, context) {
    const chosen = environment === undefined ? context : context.inEnvironment(environment)
    const configuration = await chosen.configuration()
    const { root, run, outOfOrder } = configuration
    const { cwd } = context.io
    const result = await makePlan({
      ...(await chosen.lookOptions()),
      ...(await applicationOf({ queries, role }, cwd, configuration)),
      ...given({
        lockTimeoutMs: run.lockTimeoutMs,
        statementTimeoutMs: run.statementTimeoutMs,
        soakMs: (await gateOptions(chosen)).soakMs,
        release,
        because,
        releaseHold: someOf(releaseHold),
        statistics: stats === undefined ? undefined : await readStatistics(cwd, stats),
      }),
      outOfOrder,
      scratch: scratchOptions(scratch, root),
    })
    if (out !== undefined) await write(resolve(cwd, out), out, printPlanFile(result))
    return {
      result,
      markdown: () => planMarkdown(result),
      text: (paint) => printPlan(result, { out, environment }, paint),
    }
  },
})

async function write(path: string, shown: string, text: string): Promise<void> {
  try {
    await writeFile(path, text)
  } catch (error) {
    throw notWritable(shown, error)
  }
}
