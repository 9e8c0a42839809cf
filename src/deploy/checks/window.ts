import { isOpen, nextOpening, parseWindow } from "../calendar.ts"
import { defineCheck } from "../check.ts"

export const window = defineCheck({
  id: "window",
  asks: "Whether it is a time at which deploys may begin",
  otherwise: "stop",
  look({ policies, now }) {
    const windows = (policies.windows ?? []).flatMap((text) => parseWindow(text) ?? [])
    if (windows.length === 0) return undefined
    const open = windows.find((each) => isOpen(each, now))
    if (open !== undefined) return { finding: "ok", evidence: `open: ${open.text}` }
    const next = nextOpening(windows, now)
    return {
      finding: "concern",
      evidence: `closed; open are ${windows.map(({ text }) => text).join("; ")}`,
      ...(next === undefined ? {} : { fix: `wait until ${next.toISOString().slice(0, 16)}Z` }),
    }
  },
})
