import { expect, test } from "vitest"
import { printMetrics } from "./prometheus.ts"

const labels = { command: "deploy", database: "shop" }

test("samples stand below their metric, each series once, with the newest value", () => {
  const first = printMetrics([
    { name: "lockstep_run_success", labels, value: 0 },
    { name: "lockstep_pending_revisions", labels: { database: "shop", environment: "" }, value: 2 },
  ])
  const then = printMetrics(
    [
      { name: "lockstep_run_success", labels, value: 1 },
      { name: "lockstep_run_success", labels: { ...labels, command: "status" }, value: 1 },
    ],
    first,
  )
  expect(then).toBe(`# HELP lockstep_run_success 1 where the last run of the command ended with 0, else 0
# TYPE lockstep_run_success gauge
lockstep_run_success{command="deploy",database="shop"} 1
lockstep_run_success{command="status",database="shop"} 1
# HELP lockstep_pending_revisions Revisions of the folder that the database does not have
# TYPE lockstep_pending_revisions gauge
lockstep_pending_revisions{database="shop"} 2
`)
})

test("quotes, backslashes and line ends of names are escaped, and found again", () => {
  const odd = { database: 'a"b\\c\nd} e' }
  const text = printMetrics([{ name: "lockstep_drift", labels: odd, value: 0 }])
  expect(text.split("\n")[2]).toBe('lockstep_drift{database="a\\"b\\\\c\\nd} e"} 0')
  expect(
    printMetrics([{ name: "lockstep_drift", labels: odd, value: 1 }], text).match(/^lockstep/gm),
  ).toHaveLength(1)
})

test("what others have written into the file is not taken over", () => {
  expect(printMetrics([], "# TYPE up gauge\nup 1\nlockstep_unknown 3\nhalf a line")).toBe("")
})
