import { stripVTControlCharacters } from "node:util"

/** Lines up cells in columns, two spaces apart; the last column is not padded. Colours do not count as width. */
export function printTable(rows: readonly (readonly string[])[]): string {
  const widths: number[] = []
  for (const row of rows)
    row.forEach((cell, column) => {
      widths[column] = Math.max(widths[column] ?? 0, displayWidth(cell))
    })
  return rows.map((row) => printRow(row, widths)).join("\n")
}

function printRow(row: readonly string[], widths: readonly number[]): string {
  return row
    .map((cell, column) => (column === row.length - 1 ? cell : pad(cell, widths[column] ?? 0)))
    .join("  ")
    .trimEnd()
}

function pad(cell: string, width: number): string {
  return cell + " ".repeat(Math.max(0, width - displayWidth(cell)))
}

/** Columns that a text takes on a terminal: wide East Asian characters and emoji take two. */
export function displayWidth(text: string): number {
  let width = 0
  for (const character of stripVTControlCharacters(text))
    width += isWide(character) ? 2 : isMark(character) ? 0 : 1
  return width
}

function isWide(character: string): boolean {
  return /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u.test(
    character,
  )
}

function isMark(character: string): boolean {
  return /\p{Mark}/u.test(character)
}
