const units: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
}

/** What a duration may look like, for error messages. */
export const durationForms = "a duration such as 500ms, 2s, 5min or 1h, or a number of milliseconds"

/** Returns milliseconds for `2s`, `500ms`, `5min`, `1h 30min`, or a plain number; undefined for anything else. */
export function parseDuration(value: string | number): number | undefined {
  if (typeof value === "number") return Number.isFinite(value) && value >= 0 ? Math.round(value) : undefined
  const text = value.trim()
  if (/^\d+$/.test(text)) return Number(text)
  if (!/^(\d+(\.\d+)?\s*(ms|s|min|m|h|d)\s*)+$/.test(text)) return undefined
  let total = 0
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)\s*(ms|s|min|m|h|d)/g))
    total += Number(amount) * (units[unit ?? ""] ?? 0)
  return Math.round(total)
}

/** Prints milliseconds as the shortest text that `parseDuration` reads back: `2s`, `90s` as `1min 30s`. */
export function printDuration(milliseconds: number): string {
  if (milliseconds === 0) return "0"
  const parts: string[] = []
  let rest = milliseconds
  for (const unit of ["d", "h", "min", "s", "ms"]) {
    const size = units[unit] ?? 1
    const amount = Math.floor(rest / size)
    if (amount > 0) parts.push(`${amount}${unit}`)
    rest -= amount * size
  }
  return parts.join(" ")
}
