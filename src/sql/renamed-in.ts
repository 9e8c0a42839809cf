import { Lexer } from "./lexer.ts"

/** Replaces a name among the tokens of a definition. It may be another thing's name as well: whoever asks has to look. */
export function renamedIn(definition: string, from: string, to: string): string {
  const lexer = new Lexer(definition)
  let text = ""
  for (let end = 0; lexer.next() !== "end"; end = lexer.end) {
    const written = definition.slice(lexer.start, lexer.end)
    text += definition.slice(end, lexer.start) + (written === from ? to : written)
  }
  return text
}
