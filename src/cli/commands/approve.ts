import { type ApproveResult, approve as giveApproval } from "../../api/approve.ts"
import type { Colors } from "../../report/colors.ts"
import { printTable } from "../../report/table.ts"
import { defineCommand } from "../command.ts"
import { gateOptions } from "../gate.ts"
import { given } from "../given.ts"

export const approve = defineCommand({
  name: "approve",
  description:
    "Records in the database that you have read and approved exactly what a deploy would apply now: these revisions with these texts, in this order. Anything else is another plan and needs another approval. It expires. The setting `approvals` says how many people must have approved.",
  operands: { environment: { help: "An environment of the configuration; the same as --env" } },
  options: {
    expires: { type: "duration", default: 8 * 3_600_000, help: "How long it holds" },
    release: { type: "text", value: "name", help: "The release that the plan is for, as for `deploy`" },
    because: { type: "text", value: "reason", help: "What was looked at; recorded" },
  },
  examples: [
    { line: "approve prod", says: "what is pending in prod, for eight hours" },
    { line: 'approve prod --expires 2d --because "read in CHG-4711"', says: "longer, with a reference" },
  ],
  async run({ expires, release, because }, { environment }, context) {
    const chosen = environment === undefined ? context : context.inEnvironment(environment)
    const { outOfOrder } = await chosen.configuration()
    const { soakMs } = await gateOptions(chosen)
    const result = await giveApproval({
      ...(await chosen.runOptions()),
      ...given({ soakMs, release, because }),
      outOfOrder,
      expiresMs: expires,
    })
    return { result, text: (paint) => approveText(result, paint) }
  },
})

function approveText({ revisions, plan, expires, database }: ApproveResult, paint: Colors): string {
  if (expires === undefined) return `nothing to approve: nothing is pending in ${database}`
  const rows = revisions.map(({ id, title, file }) => [`  ${paint.yellow(id)}`, title, paint.dim(file)])
  return `${paint.green("approved")}: plan ${plan.slice(0, 12)} for ${database}, until ${expires}\n${printTable(rows)}`
}
