import { type Band, bandText } from "../../lint/forecast.ts"
import { defineCheck, type Evidence, type Foreseen, type GatePolicies } from "../check.ts"
import type { Waiting } from "../plan.ts"

export const forecast = defineCheck({
  id: "forecast",
  asks: "How long what is due takes at this database's size, and for how long it keeps readers or writers waiting; a concern beyond `maxForecast` and `maxWaiting`",
  otherwise: "stop",
  async look({ foresee, policies }) {
    const seen = await foresee?.()
    return seen === undefined ? undefined : judge(seen, policies)
  },
})

function judge(
  { forecast: whole = null, waiting = [], measured = 0, untraced = 0, failure }: Foreseen,
  { maxForecastMs, maxWaitingMs }: GatePolicies,
): Evidence | undefined {
  const isAsked = maxForecastMs !== undefined || maxWaitingMs !== undefined
  if (failure !== undefined) {
    const { message, facts } = failure
    const fix = facts.hint === undefined ? {} : { fix: facts.hint }
    return isAsked ? { finding: "unknown", evidence: `nothing was forecast: ${message}`, ...fix } : undefined
  }
  const longest = [...waiting].sort((a, b) => until(b.forecast) - until(a.forecast))
  const [first] = longest
  const basis =
    measured === 0 ? "a guess: nothing was measured here yet" : `by ${measured} statements measured here`
  const evidence = [
    whole === null ? "nobody can say how long it takes" : `it takes ${bandText(whole)} (${basis})`,
    ...(untraced === 0
      ? []
      : [`${untraced} ${untraced === 1 ? "statement" : "statements"} could not be traced`]),
    first === undefined ? "nobody waits" : sayWaiting(first),
  ].join("; ")
  const details = longest.slice(1, 6).map(sayWaiting)
  const more = details.length === 0 ? {} : { details }
  const tooLong =
    exceeds(whole, maxForecastMs) || longest.some((each) => exceeds(each.forecast, maxWaitingMs))
  if (tooLong)
    return {
      finding: "concern",
      evidence: `${evidence}; allowed is ${allowed(maxForecastMs, maxWaitingMs)}`,
      ...more,
      fix: "lockstep plan shows statement by statement what takes long, lockstep lint --pending how to do it otherwise",
    }
  const isKnown = whole !== null && untraced === 0 && longest.every((each) => each.forecast !== null)
  return { finding: isKnown || !isAsked ? "ok" : "unknown", evidence, ...more }
}

/** What nobody knows is the longest of all. */
function until(band: Band | null): number {
  return band?.toMs ?? Number.POSITIVE_INFINITY
}

/** The policy holds for what may happen: the upper end. */
function exceeds(band: Band | null, mostMs: number | undefined): boolean {
  return band !== null && mostMs !== undefined && band.toMs > mostMs
}

function sayWaiting({ relation, whom, forecast: band }: Waiting): string {
  return `${whom} of ${relation} wait ${band === null ? "for nobody knows how long" : `for ${bandText(band)}`}`
}

function allowed(maxForecastMs: number | undefined, maxWaitingMs: number | undefined): string {
  const said = (ms: number) => bandText({ fromMs: ms, toMs: Math.max(ms, 50) }).replace(/^about /, "")
  return [
    ...(maxForecastMs === undefined ? [] : [`${said(maxForecastMs)} in all`]),
    ...(maxWaitingMs === undefined ? [] : [`${said(maxWaitingMs)} of waiting`]),
  ].join(" and ")
}
