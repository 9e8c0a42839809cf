import { compareText } from "../compare-text.ts"

const zero = 48
const nine = 57

/**
 * Compares two names as a person would: runs of digits by their number, all else by code unit, so `2_b` comes
 * before `10_a`. Does not depend on the machine's locale. Zero only for equal texts.
 */
export function compareNatural(a: string, b: string): number {
  let i = 0
  let j = 0
  while (i < a.length && j < b.length) {
    const x = a.charCodeAt(i)
    const y = b.charCodeAt(j)
    if (!isDigit(x) || !isDigit(y)) {
      if (x !== y) return x - y
      i++
      j++
      continue
    }
    const endA = endOfDigits(a, i)
    const endB = endOfDigits(b, j)
    const startA = skipZeros(a, i, endA)
    const startB = skipZeros(b, j, endB)
    if (endA - startA !== endB - startB) return endA - startA - (endB - startB)
    for (i = startA, j = startB; i < endA; i++, j++) {
      const difference = a.charCodeAt(i) - b.charCodeAt(j)
      if (difference !== 0) return difference
    }
  }
  return a.length - i - (b.length - j) || compareText(a, b)
}

function isDigit(code: number): boolean {
  return code >= zero && code <= nine
}

function endOfDigits(text: string, start: number): number {
  let end = start
  while (end < text.length && isDigit(text.charCodeAt(end))) end++
  return end
}

function skipZeros(text: string, start: number, end: number): number {
  let first = start
  while (first < end - 1 && text.charCodeAt(first) === zero) first++
  return first
}
