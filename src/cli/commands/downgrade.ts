import { downgrade as runDowngrade } from "../../api/downgrade.ts"
import { count } from "../../report/count.ts"
import { describeLoss, isMeant } from "../../runner/data-loss.ts"
import { defineCommand } from "../command.ts"
import { runOptions, unknownOutcome } from "../run-options.ts"
import { metricsOption } from "../tell-options.ts"

export const downgrade = defineCommand({
  name: "downgrade",
  description:
    "Runs rollback sections, newest first, back to a revision, which stays. Before anything is undone the rollbacks run in a transaction that is rolled back: what they would lose is counted, and needs `--accept-data-loss`. A protected environment refuses; `lockstep revert` writes a new revision that compensates instead.",
  operands: {
    revision: {
      required: true,
      help: "Where to go back to: `-1` for one step, an id or its beginning, `base` for an empty database, `<label>@base`",
    },
  },
  options: {
    acceptDataLoss: {
      type: "flag",
      help: "Go on where tables, columns or rows that hold data would be removed",
    },
    ...runOptions,
    ...metricsOption,
  },
  examples: [
    { line: "downgrade -1", says: "undo the newest revision" },
    { line: "downgrade 4f2a", says: "undo everything after 4f2a..." },
    { line: "downgrade base --accept-data-loss", says: "undo everything, whatever is lost" },
  ],
  async run(options, { revision }, context) {
    const result = await runDowngrade({
      ...(await context.runOptions()),
      to: revision,
      acceptDataLoss: options.acceptDataLoss,
      singleTransaction: options.singleTransaction,
      unknownOutcome: unknownOutcome(options),
    })
    const { reverted, current, database, lost } = result
    const at = current.length === 0 ? "at base" : `at ${current.join(", ")}`
    return {
      result,
      text: (paint) =>
        reverted.length === 0
          ? `${paint.green("nothing to do")}: ${database} is ${at}`
          : [
              `${paint.green("done")}: ${count(reverted.length, "revision")} undone, ${database} is ${at}`,
              ...lost.map((loss) => `  ${isMeant(loss) ? "" : "lost: "}${describeLoss(loss)}`),
            ].join("\n"),
    }
  },
})
