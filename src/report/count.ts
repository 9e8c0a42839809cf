/** Prints a number with its noun: `1 revision`, `2 revisions`. */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`
}
