/** A comment that parts a file into sections. */
export interface SectionMark {
  readonly kind: "up" | "down" | "verify" | "no-rollback" | "no-transaction" | "refused"
  /** The tool whose mark it is. */
  readonly tool: "lockstep" | "dbmate" | "goose" | "sql-migrate" | "node-pg-migrate"
  /** The reason of `rollback: none because <reason>`; why a mark is refused. */
  readonly reason?: string
  /** The same mark says that the file runs outside a transaction. */
  readonly outsideTransaction?: true
}

type Reading = Omit<SectionMark, "tool">

interface Marks {
  readonly tool: SectionMark["tool"]
  readonly pattern: RegExp
  readonly read: (match: RegExpExecArray) => Reading | undefined
}

const outside = { outsideTransaction: true } as const

const all: readonly Marks[] = [
  { tool: "lockstep", pattern: /^--\s*verify$/i, read: () => ({ kind: "verify" }) },
  {
    tool: "lockstep",
    pattern: /^--\s*rollback\s*(:\s*(.*))?$/i,
    read: ([, colon, value = ""]) => rollback(colon, value),
  },
  {
    tool: "dbmate",
    pattern: /^--\s*migrate:(up|down)(\s.*)?$/,
    read: ([, kind, options = ""]) => {
      const none = /\btransaction:false\b/.test(options) && kind === "up"
      return { kind: direction(kind), ...(none ? outside : {}) }
    },
  },
  {
    tool: "goose",
    pattern: /^--\s*\+goose\s+(up|down|no\s+transaction|envsub\s+on)$/i,
    read: ([, word = ""]) => {
      if (/^no/i.test(word)) return { kind: "no-transaction" }
      if (/^envsub/i.test(word)) {
        return {
          kind: "refused",
          reason: "goose would replace variables of the environment here, Lockstep does not",
        }
      }
      return { kind: direction(word) }
    },
  },
  {
    tool: "sql-migrate",
    pattern: /^--\s*\+migrate\s+(up|down)(\s.*)?$/i,
    read: ([, word, options = ""]) => {
      const none = /\bnotransaction\b/.test(options) && direction(word) === "up"
      return { kind: direction(word), ...(none ? outside : {}) }
    },
  },
  {
    tool: "node-pg-migrate",
    pattern: /^--[\s-]*(up|down)\s+migration\b.*$/i,
    read: ([, word]) => ({ kind: direction(word) }),
  },
]

/** Returns what a `--` comment, from its dashes to the end of its line, says about sections; undefined for prose. */
export function sectionMark(comment: string): SectionMark | undefined {
  if (!begins.test(comment)) return undefined
  const line = comment.trimEnd()
  for (const { tool, pattern, read } of all) {
    const match = pattern.exec(line)
    const reading = match === null ? undefined : read(match)
    if (reading !== undefined) return { tool, ...reading }
  }
  return undefined
}

/** How every mark begins. */
const begins = /^--[\s-]*(?:verify|rollback|migrate:|\+goose|\+migrate|up\s|down\s)/i

/** Finds the lines that may be section marks, for `sectionMark` to decide. */
export const possibleMarks =
  /^[ \t]*--[ \t-]*(?:verify|rollback|migrate:|\+goose|\+migrate|up[ \t]+migration|down[ \t]+migration)/gim

function rollback(colon: string | undefined, value: string): Reading {
  if (colon === undefined || value === "") return { kind: "down" }
  const [, reason] = /^none\s+because\s+(\S.*)$/i.exec(value) ?? []
  if (reason !== undefined) return { kind: "no-rollback", reason }
  const why = /^none\b/i.test(value)
    ? "a reason is missing: -- rollback: none because <reason>"
    : "the statements belong on the lines below -- rollback"
  return { kind: "refused", reason: why }
}

function direction(word: string | undefined): "up" | "down" {
  return word?.toLowerCase() === "up" ? "up" : "down"
}
