/** A block of code on a page of the documentation. */
export interface Block {
  /** What stands behind the three back quotes: `sh`, `console`, `sql`, `ts`. */
  readonly language: string
  readonly text: string
  /** 1-based, of the first line of `text`. */
  readonly line: number
  /** The comments in front of it, such as `<!-- not run: needs a pooler -->`. */
  readonly remarks: readonly Remark[]
}

/** What a comment says to whoever runs the page: `<!-- project: examples/assistants -->`. */
export interface Remark {
  readonly name: string
  readonly value: string
}

/** Finds the blocks of a page, each with the comments that stand in front of it and behind the block before. */
export function blocksOf(markdown: string): Block[] {
  const blocks: Block[] = []
  let remarks: Remark[] = []
  let open: { readonly language: string; readonly line: number; readonly lines: string[] } | undefined
  markdown.split("\n").forEach((line, index) => {
    if (open === undefined) {
      const [, language] = /^```(\w*)/.exec(line) ?? []
      const [, name, value = ""] = /^<!-- ([a-z ]+?)(?:: (.*))? -->$/.exec(line) ?? []
      if (name !== undefined) remarks.push({ name, value })
      if (language !== undefined) open = { language, line: index + 2, lines: [] }
    } else if (line === "```") {
      blocks.push({ language: open.language, text: open.lines.join("\n"), line: open.line, remarks })
      open = undefined
      remarks = []
    } else {
      open.lines.push(line)
    }
  })
  return blocks
}

/** One command of a `sh` or `console` block. */
export interface Command {
  readonly line: string
  /** What stands behind `#` on the same line: `exit 3`. */
  readonly comment: string
  /** Absent in a `sh` block, which shows none. */
  readonly output?: string
}

/** Parts a block into its commands. A backslash at the end of a line continues it. */
export function commandsOf({ language, text }: Block): Command[] {
  const joined = text.replaceAll(/\\\n\s*/g, "")
  const parts = language === "sh" ? joined.split("\n") : joined.split(/^\$ /m).slice(1)
  return parts.flatMap((part) => {
    const [first = "", ...output] = part.split("\n")
    const [, line = "", comment = ""] = /^(.*?)(?:(?:^|\s+)# (.*))?$/.exec(first.trim()) ?? []
    if (line === "") return []
    return [{ line, comment, ...(language === "sh" ? {} : { output: output.join("\n").trimEnd() }) }]
  })
}

/** Returns the path that the first line of a file's block names: `-- migrations/1_users.sql`, `// lockstep.config.ts`. */
export function pathOf({ language, text }: Block): string | undefined {
  const sign = language === "ts" ? "//" : "--"
  const [first = ""] = text.split("\n")
  return first.startsWith(`${sign} `) ? /^[\w./-]+\.(?:sql|ts)$/.exec(first.slice(3))?.[0] : undefined
}
