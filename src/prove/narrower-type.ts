/**
 * Tells what a column of another type refuses that it took before, as the SQLSTATE of the refusal. Types as
 * `format_type` spells them; undefined where every value still fits, or only trying can tell.
 */
export function refusal(from: string, to: string): string | undefined {
  if (longest(to) < longest(from)) return "22001"
  const [before, after] = [digits(from), digits(to)]
  if (before === undefined || after === undefined) return undefined
  if (after.whole < before.whole) return "22003"
  // A parameter of an integer type takes no text with a point in it.
  return before.fraction && !after.fraction ? "22P02" : undefined
}

/** How many characters a type holds; infinite for what is no text. */
function longest(type: string): number {
  return Number(/^character(?: varying)?\((\d+)\)$/.exec(type)?.[1] ?? Number.POSITIVE_INFINITY)
}

/** How many digits a number has room for before the point, and whether it has any behind it. */
function digits(type: string): { readonly whole: number; readonly fraction: boolean } | undefined {
  const whole = { smallint: 5, integer: 10, bigint: 19 }[type]
  if (whole !== undefined) return { whole, fraction: false }
  if (type === "real" || type === "double precision" || type === "numeric")
    return { whole: Number.POSITIVE_INFINITY, fraction: true }
  const [, precision, scale = "0"] = /^numeric\((\d+)(?:,(-?\d+))?\)$/.exec(type) ?? []
  if (precision === undefined) return undefined
  return { whole: Number(precision) - Number(scale), fraction: Number(scale) > 0 }
}
