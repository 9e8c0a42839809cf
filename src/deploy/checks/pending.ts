import type { Revision } from "../../revisions/revision.ts"
import { defineCheck } from "../check.ts"

export const pending = defineCheck({
  id: "pending",
  asks: "What would be applied, with its phases, and whether folder and history agree",
  otherwise: "warn",
  look({ due, held = [], findings, target }) {
    const errors = findings.filter(({ severity }) => severity === "error")
    const [first] = errors
    if (first !== undefined) {
      const { message, code, hint, details = [] } = first
      return {
        finding: "refusal",
        evidence: `${message} [${code}]`,
        details: [...details, ...errors.slice(1).map((error) => error.message)],
        ...(hint === undefined ? {} : { fix: hint }),
      }
    }
    const begun = target.history.inFlight.map(
      ({ id, stepsDone }) => `${id} was begun: ${stepsDone} steps done`,
    )
    const waiting = held.map(({ id, reasons }) => `${id} is held: ${reasons.join("; ")}`)
    const beside = held.length === 0 ? "" : `, ${held.length} held`
    if (due.length === 0)
      return { finding: "ok", evidence: `nothing to apply${beside}`, details: [...waiting, ...begun] }
    return {
      finding: "ok",
      evidence: `${due.length === 1 ? "1 revision" : `${due.length} revisions`}${beside}`,
      details: [...shown(due), ...waiting, ...begun],
    }
  },
})

const most = 10

function shown(due: readonly Revision[]): string[] {
  const lines = due
    .slice(0, most)
    .map(({ id, title, phase }) => `${id} ${title}${phase ? ` (${phase})` : ""}`)
  return due.length > most ? [...lines, `and ${due.length - most} more`] : lines
}
