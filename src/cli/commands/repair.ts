import { repair as doRepair, type RepairResult } from "../../api/repair.ts"
import { printAilments } from "../../report/ailments.ts"
import type { Colors } from "../../report/colors.ts"
import { asTyped, proposedTo, shellWord } from "../as-typed.ts"
import { defineCommand } from "../command.ts"
import { given } from "../given.ts"
import { lockOptions } from "../run-options.ts"
import { scratchOption, scratchOptions } from "../scratch-option.ts"

export const repair = defineCommand({
  name: "repair",
  description:
    "Does what `lockstep doctor` proposes and needs no decision: brings the history to the revision whose catalog the database is proven to have, and builds invalid indexes anew. `--plan` only shows it. Each repair is recorded with the reason; what only a person can decide is left and told. Exits with 3 where something is left.",
  operands: { environment: { help: "An environment of the configuration; the same as --env" } },
  options: {
    plan: { type: "flag", help: "Show what would be done, and change nothing" },
    because: { type: "text", value: "reason", help: "Why; recorded" },
    ...scratchOption,
    ...lockOptions,
  },
  examples: [
    { line: "repair --plan", says: "what would be done" },
    { line: 'repair prod --because "INC-4711: applied by hand last night"', says: "do it" },
  ],
  async run({ plan, because, scratch }, { environment }, context) {
    const chosen = environment === undefined ? context : context.inEnvironment(environment)
    const { root } = await chosen.configuration()
    const { planned, left, ...rest } = await doRepair({
      ...(await chosen.runOptions()),
      ...given({ because }),
      write: !plan,
      scratch: scratchOptions(scratch, root),
    })
    const result = {
      ...rest,
      planned: planned.map((each) => ({
        ...each,
        run: asTyped(withReason(each.run, because), chosen.globals),
      })),
      left: proposedTo(chosen.globals, left),
    }
    return { result, exit: result.left.length === 0 ? 0 : 3, text: (paint) => repairText(result, paint) }
  },
})

/** Where the reason is known, the command says it. */
function withReason(run: string, because: string | undefined): string {
  return because === undefined ? run : run.replace('"..."', () => shellWord(because))
}

function repairText({ planned, done, left, database }: RepairResult, paint: Colors): string {
  const head =
    planned.length === 0
      ? `nothing to repair in ${database}`
      : done
        ? paint.green(`repaired in ${database}:`)
        : `would be done in ${database}:`
  return [
    head,
    ...planned.map(({ run, evidence }) => `  ${paint.cyan(run)}\n      ${evidence}`),
    ...(left.length === 0 ? [] : ["left for a person:", printAilments(left, paint)]),
  ].join("\n")
}
