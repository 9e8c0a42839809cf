import { compareText } from "../../compare-text.ts"
import { ToolError } from "../../diagnostic.ts"
import { didYouMean } from "../../did-you-mean.ts"
import { errorPage, errorPages } from "../../errors/all.ts"
import type { ErrorPage } from "../../errors/define.ts"
import { type RulePage, rulePage, rulePages } from "../../lint/rules.ts"
import type { Colors } from "../../report/colors.ts"
import { printTable } from "../../report/table.ts"
import { defineCommand } from "../command.ts"

export const explain = defineCommand({
  name: "explain",
  description:
    "Every error and every finding of `lint` ends its first line with a code in square brackets. This prints the page of a code: when it occurs, why it matters, and what to do, of a rule with an example. Without a code it lists them all.",
  operands: { code: { help: "An error code, such as multiple-heads, or a rule, such as blocking-scan" } },
  examples: [
    { line: "explain multiple-heads", says: "why two heads stop an upgrade, and how to join them" },
    { line: "explain blocking-rewrite", says: "what a rule of lint finds, and how to do the same safely" },
    { line: "explain", says: "all codes" },
  ],
  run(_, { code }) {
    if (code === undefined) return list()
    const name = code.replace(/^\[|\]$/g, "")
    const page = errorPage(name)
    const rule = rulePage(name)
    if (rule !== undefined) return explainRule(name, rule)
    if (page === undefined)
      throw new ToolError("unknown-code", `there is no error code or rule "${code}"`, {
        subject: code,
        hint:
          didYouMean(name, [...Object.keys(errorPages), ...Object.keys(rulePages)]) ??
          "list all codes with: lockstep explain",
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

function explainRule(name: string, page: RulePage) {
  const { when, why, fix, bad, good, options = {} } = page
  const example = (heading: string, sql: string, paint: Colors) =>
    sql === "" ? [] : [`\n${paint.bold(heading)}\n${sql.replace(/^/gm, "  ")}`]
  return {
    result: { code: name, ...page },
    text: (paint: Colors) =>
      [
        `${paint.bold(name)} ${paint.dim(`(${levelOf(page)})`)}`,
        `\n${when}`,
        `\n${paint.bold("Why")}\n${why}`,
        `\n${paint.bold("What to do")}\n${fix}`,
        ...Object.entries(options).map(
          ([option, { help, default: value }]) =>
            `\n${paint.bold(`Option ${option}`)}\n${help}; default: ${typeof value === "string" ? value : JSON.stringify(value)}`,
        ),
        ...example("Reported", bad, paint),
        ...example("Not reported", good, paint),
      ].join("\n"),
  }
}

function levelOf({ severity, default: level }: RulePage): string {
  return level === "off" ? `off by default, else ${severity}` : severity
}

function list() {
  const pages = Object.entries<ErrorPage>(errorPages).sort(([a], [b]) => compareText(a, b))
  const rules = Object.entries<RulePage>(rulePages)
  return {
    result: {
      codes: pages.map(([code, page]) => ({ code, ...page })),
      rules: rules.map(([code, page]) => ({ code, ...page })),
    },
    text: printTable([
      ...pages.map(([code, page]) => [code, String(page.exit), page.when]),
      ...rules.map(([code, page]) => [code, page.default ?? page.severity, page.when]),
    ]),
  }
}
