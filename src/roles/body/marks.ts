// What is only known when a function runs stands in the text of its statements as a character of Unicode's private area,
// which PostgreSQL's parser takes for a letter and no name contains by chance.

/** Stands for an identifier that is chosen when the function runs; the form has it between double quotes. */
export const nameMark = "\uE000"
/** Stands for any text; the form has it between single quotes. */
export const literalMark = "\uE001"
/** Stands for a name that exists when the function is called, and that the caller does not choose. */
export const fixedMark = "\uE002"
/** Stands for the name of something that exists, or a plain word: the caller may choose it, and it needs no quotes. */
export const wordMark = "\uE003"
/** Stands for text that was made ready to stand between double quotes. */
export const escapedMark = "\uE004"

/** Tells whether the caller chooses a name that something is looked up by. */
export function isChosen(name: string): boolean {
  return name.includes(nameMark) || name.includes(wordMark)
}

/** Tells whether a text holds something that is only known when the function runs. */
export function hasMarks(text: string): boolean {
  return /[\uE000-\uE004]/.test(text)
}

/** The text as a reader is shown it. */
export function withoutMarks(text: string): string {
  return text.replace(/[\uE000-\uE004]/g, "...")
}
