import { isCancel, select } from "@clack/prompts"
import { ToolError } from "../diagnostic.ts"

/** Answers in the form of the flags `--rename` and `--drop`. */
export interface RenameAnswers {
  readonly rename: readonly string[]
  readonly drop: readonly string[]
}

interface Question {
  /** Identity of what goes. */
  readonly goes: string
  /** Names of what comes and resembles it. */
  readonly comes: readonly string[]
}

/** Asks a person, on a terminal, about each thing that goes, whether it goes on under a new name. */
export async function askRenames({ facts }: ToolError): Promise<RenameAnswers> {
  const { questions } = facts.data as { readonly questions: readonly Question[] }
  const rename: string[] = []
  const drop: string[] = []
  const taken = new Set<string>()
  for (const { goes, comes } of questions) {
    const place = goes.slice(0, goes.lastIndexOf("."))
    const left = comes.filter((name) => !taken.has(`${place}.${name}`))
    const answer =
      left.length === 0
        ? ""
        : await select({
            message: `${goes} goes. Is it one of those that are new, under another name?`,
            options: [
              ...left.map((name) => ({ value: name, label: `yes: it is ${name} now, and keeps its rows` })),
              { value: "", label: "no: it goes, with all that is in it" },
            ],
          })
    if (isCancel(answer)) {
      throw new ToolError("interrupted", "nothing was written", { hint: "answer with --rename or --drop" })
    }
    if (answer === "") drop.push(goes)
    else {
      taken.add(`${place}.${answer}`)
      rename.push(`${goes}=${answer}`)
    }
  }
  return { rename, drop }
}
