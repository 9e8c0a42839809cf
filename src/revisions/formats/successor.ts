import type { Moment } from "../moment.ts"

/**
 * Returns what follows a number in front of a file name, in the same style: the next number with the same width, or
 * the moment where the number is a date, a timestamp or an epoch. Always greater than `last`.
 */
export function nextNumber(last: string, moment: Moment): string {
  const digits = last.replaceAll(/\D/g, "")
  const stamp = stampLike(digits, moment)
  if (stamp !== undefined && stamp > digits) return inShapeOf(last, stamp)
  // A day may have several files; all other stamps must grow.
  if (stamp === digits && digits.length === 8) return last
  const next = String(BigInt(digits) + 1n).padStart(digits.length, "0")
  return next.length === digits.length ? inShapeOf(last, next) : next
}

/** The moment, written as long as `digits`, where these look like a moment of our time. */
function stampLike(digits: string, { yyyy, MM, dd, HH, mm, ss, epoch, epochMs }: Moment): string | undefined {
  const isDate = /^(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])/.test(digits)
  switch (digits.length) {
    case 8:
      return isDate ? [yyyy, MM, dd].join("") : undefined
    case 12:
      return isDate ? [yyyy, MM, dd, HH, mm].join("") : undefined
    case 14:
      return isDate ? [yyyy, MM, dd, HH, mm, ss].join("") : undefined
    case 17:
      return isDate ? [yyyy, MM, dd, HH, mm, ss, epochMs.slice(-3)].join("") : undefined
    case 10:
      return digits.startsWith("1") || digits.startsWith("2") ? epoch : undefined
    case 13:
      return digits.startsWith("1") || digits.startsWith("2") ? epochMs : undefined
  }
  return undefined
}

/** Puts digits between the signs of another number: into `2026-01-02T12-00` as well as into `0042`. */
function inShapeOf(shape: string, digits: string): string {
  let next = 0
  return shape.replaceAll(/\d/g, () => digits[next++] ?? "")
}
