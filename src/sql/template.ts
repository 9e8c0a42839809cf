import { type Location, ToolError } from "../diagnostic.ts"
import { nearest } from "../did-you-mean.ts"
import { placeAt } from "./locate.ts"
import { ScriptReader } from "./script-reader.ts"
import type { Source } from "./source.ts"

/**
 * Replaces `${name}` by the variable's value, inside quotes and rows too. Comments are left alone.
 *
 * A value is put in as it is: quoting, where it is wanted, is written around the `${name}`. `\${` stands for a
 * literal `${`. A dollar sign that closes a dollar quote's tag begins no variable, so that `$${red,green}$$` stays the
 * array that it is; nor does one whose braces hold no name (`'[0-9]${2}'`).
 *
 * @throws ToolError `undeclared-variable`
 */
export function substitute(source: Source, variables: Readonly<Record<string, string>>): Source {
  const { text } = source
  if (!text.includes("${")) return source
  const reader = new ScriptReader(text)
  const parts: string[] = []
  let copied = 0
  let item = reader.next()
  for (const match of text.matchAll(placeholder)) {
    const dollar = match.index + match[0].indexOf("$")
    while (item !== "end" && reader.end <= dollar) item = reader.next()
    if (item === "end") break
    if (dollar < reader.start || closesTag(reader, dollar)) continue
    const name = match[1] as string
    parts.push(text.slice(copied, match.index))
    if (match[0].startsWith("\\")) parts.push(match[0].slice(1))
    else if (Object.hasOwn(variables, name)) parts.push(variables[name] as string)
    else throw undeclared(name, variables, placeAt(source, dollar))
    copied = match.index + match[0].length
  }
  parts.push(text.slice(copied))
  return { ...source, text: parts.join("") }
}

/** A name begins with a letter or `_`; blanks around it do not count. */
const placeholder = /\\?\$\{[ \t]*([A-Za-z_][\w.-]*)[ \t]*\}/g

/** Whether the dollar sign at `at` ends the tag that opens or closes a dollar quote. */
function closesTag({ item, lexer, text, start, end }: ScriptReader, at: number): boolean {
  if (item !== "token" || lexer.kind !== "dollar") return false
  const tagEnd = text.indexOf("$", start + 1)
  return at === tagEnd || (lexer.closed && at === end - 1)
}

function undeclared(
  name: string,
  variables: Readonly<Record<string, string>>,
  location: Location,
): ToolError {
  const declared = Object.keys(variables).sort()
  const near = nearest(name, declared)
  return new ToolError(
    "undeclared-variable",
    `line ${location.line} of ${location.file} uses \${${name}}, which is not declared`,
    {
      location,
      subject: name,
      details: [declared.length === 0 ? "no variables are declared" : `declared: ${declared.join(", ")}`],
      hint:
        near === undefined
          ? `declare it under "variables" in the configuration, or write \\\${${name}} where it is meant literally`
          : `did you mean \${${near}}?`,
    },
  )
}
