import { preflight as look, type PreflightResult } from "../../api/preflight.ts"
import { ToolError } from "../../diagnostic.ts"
import { printChecks } from "../../report/checks.ts"
import type { Colors } from "../../report/colors.ts"
import { count } from "../../report/count.ts"
import { preflightMarkdown } from "../../report/markdown.ts"
import { defineCommand } from "../command.ts"
import { gateOptions } from "../gate.ts"
import { given } from "../given.ts"
import { lockOptions } from "../run-options.ts"
import { metricsOption } from "../tell-options.ts"

export const preflight = defineCommand({
  name: "preflight",
  description:
    "Looks at everything that `lockstep deploy` looks at before it begins, and prints one line of evidence for each: who connects and whom that role may become, the server, replica or pooler, the environment's mark, disk and replication, long transactions, invalid indexes, what is pending and whether folder and history agree. Changes nothing and takes no lock. Exits with 3 where a deploy would not begin. Which concerns stop one is the setting `preflight` of the environment.",
  operands: { environment: { help: "An environment of the configuration; the same as --env" } },
  options: {
    at: {
      type: "text",
      value: "time",
      help: "What a deploy at that time would find, such as `2026-06-02T10:00Z`: windows, freezes, approvals and the age of evidence go by it",
    },
    pooled: lockOptions.pooled,
    ...metricsOption,
  },
  examples: [
    { line: "preflight", says: "before a deploy, or while one does not begin" },
    { line: "preflight prod --json", says: "another environment, for a program" },
    { line: "preflight prod --at 2026-06-02T10:00Z", says: "would a deploy begin then?" },
  ],
  async run({ at }, { environment }, context) {
    const chosen = environment === undefined ? context : context.inEnvironment(environment)
    const { outOfOrder } = await chosen.configuration()
    const result = await look({
      ...(await chosen.lookOptions()),
      ...(await gateOptions(chosen)),
      ...given({ now: at === undefined ? undefined : momentOf(at) }),
      outOfOrder,
    })
    return {
      result,
      exit: result.ready ? 0 : 3,
      markdown: () => preflightMarkdown(result),
      text: (paint) => preflightText(result, paint),
    }
  },
})

/** @throws ToolError `invalid-option` */
function momentOf(text: string): Date {
  // Without a zone it would be another moment on every machine.
  const isWhole = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)$/.test(text)
  const moment = new Date(text)
  if (isWhole && !Number.isNaN(moment.getTime())) return moment
  throw new ToolError("invalid-option", `--at takes a time with its zone, not "${text}"`, {
    subject: "--at",
    hint: "write it as 2026-06-02T10:00Z or 2026-06-02T12:00+02:00",
  })
}

function preflightText({ database, environment, ready, checks }: PreflightResult, paint: Colors): string {
  const where = environment === undefined ? database : `${database} (${environment})`
  const stops = checks.filter(({ state }) => state === "stop").length
  const warnings = checks.filter(({ state }) => state === "warning").length
  const beside = warnings === 0 ? "" : `, ${count(warnings, "warning")}`
  const end = ready
    ? `${paint.green("ready")}: a deploy to ${where} would begin${beside}`
    : `${paint.red("stopped")}: a deploy to ${where} would not begin, ${count(stops, "reason")}${beside}`
  return `${printChecks(checks, paint)}\n${end}`
}
