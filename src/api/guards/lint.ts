import type { Diagnostic } from "../../diagnostic.ts"
import type { Finding } from "../../lint/finding.ts"
import { lintEach } from "../lint.ts"
import type { Guard } from "./guard.ts"

/** No revision holds up what serves, or its header says why it may. */
export const lint: Guard = {
  name: "lint",
  asks: "Does every revision leave readers and writers alone, or say why it may not?",
  after: "replay",
  async check({ options, project, scratch }) {
    const opened = await project()
    const { revisions } = opened.folder.graph
    const { findings, accepted } = await lintEach(opened, revisions, await scratch(), options)
    const told = findings.filter(({ severity }) => severity !== "note")
    const errors = told.filter(({ severity }) => severity === "error").length
    const silenced = accepted.length === 0 ? "" : `, ${accepted.length} accepted`
    return {
      verdict: errors === 0 ? "yes" : "no",
      evidence:
        errors === 0
          ? `no statement of ${revisions.length} revisions holds up what serves${silenced}`
          : `${errors} ${errors === 1 ? "statement" : "statements"} would hold up what serves, or break it${silenced}`,
      findings: told.map(asDiagnostic),
    }
  },
}

function asDiagnostic({ rule, severity, message, file, line, fix, relation }: Finding): Diagnostic {
  return {
    code: rule,
    severity,
    message,
    location: { file, line },
    hint: fix ?? `lockstep explain ${rule}`,
    ...(relation === null ? {} : { subject: relation }),
  }
}
