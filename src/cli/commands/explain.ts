import { ToolError } from "../../diagnostic.ts"
import { didYouMean } from "../../did-you-mean.ts"
import { errorPage, errorPages } from "../../errors/all.ts"
import type { ErrorPage } from "../../errors/define.ts"
import { printTable } from "../../report/table.ts"
import { defineCommand } from "../command.ts"

export const explain = defineCommand({
  name: "explain",
  description:
    "Every error ends its first line with a code in square brackets. This prints the page of a code: when the error occurs, why Lockstep stops there, and what to do next. Without a code it lists them all.",
  operands: { code: { help: "An error code, such as multiple-heads" } },
  examples: [
    { line: "explain multiple-heads", says: "why two heads stop an upgrade, and how to join them" },
    { line: "explain", says: "all codes" },
  ],
  run(_, { code }) {
    if (code === undefined) return list()
    const name = code.replace(/^\[|\]$/g, "")
    const page = errorPage(name)
    if (page === undefined)
      throw new ToolError("unknown-code", `there is no error code "${code}"`, {
        subject: code,
        hint: didYouMean(name, Object.keys(errorPages)) ?? "list all codes with: lockstep explain",
      })
    return {
      result: { code: name, ...page },
      text: (paint) =>
        [
          `${paint.bold(name)} ${paint.dim(`(exit ${page.exit})`)}`,
          `\n${page.when}`,
          `\n${paint.bold("Why")}\n${page.why}`,
          `\n${paint.bold("What to do")}\n${page.fix}`,
        ].join("\n"),
    }
  },
})

function list() {
  const pages = Object.entries<ErrorPage>(errorPages).sort(([a], [b]) => (a < b ? -1 : 1))
  return {
    result: { codes: pages.map(([code, page]) => ({ code, ...page })) },
    text: printTable(pages.map(([code, page]) => [code, String(page.exit), page.when])),
  }
}
