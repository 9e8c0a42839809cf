/**
 * Returns the candidate that `word` was most likely meant to be, or undefined where none is near: at most one slip
 * (a letter wrong, missing, added, or two swapped) for every three letters. Upper and lower case do not differ.
 */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  const wanted = word.toLowerCase()
  let best: string | undefined
  let allowed = Math.max(1, Math.floor(wanted.length / 3))
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - wanted.length) > allowed) continue
    const slips = distance(wanted, candidate.toLowerCase())
    if (slips > allowed || (best !== undefined && slips === allowed)) continue
    best = candidate
    allowed = slips
  }
  return best
}

/** Returns the hint `did you mean "<nearest>"?`, or undefined where nothing is near. */
export function didYouMean(word: string, candidates: Iterable<string>): string | undefined {
  const candidate = nearest(word, candidates)
  return candidate === undefined ? undefined : `did you mean "${candidate}"?`
}

/** Counts the slips between two texts (Damerau–Levenshtein, neighbours swapped at most once). */
function distance(a: string, b: string): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1]
      let slips = Math.min(at(last, j) + 1, at(row, j - 1) + 1, at(last, j - 1) + (same ? 0 : 1))
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        slips = Math.min(slips, at(beforeLast, j - 2) + 1)
      }
      row.push(slips)
    }
    beforeLast = last
    last = row
  }
  return at(last, b.length)
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Number.POSITIVE_INFINITY
}
