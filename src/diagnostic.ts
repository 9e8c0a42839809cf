import { type ErrorCode, errorPages } from "./errors/all.ts"

export type { ErrorCode } from "./errors/all.ts"

export type Severity = "error" | "warning" | "note"

/** A place in a file. */
export interface Location {
  /** Path as shown to a person: relative to the project's root, with forward slashes. */
  readonly file: string
  /** 1-based. */
  readonly line: number
  /** 1-based, in characters; absent where the whole line is meant. */
  readonly column?: number
  /** The text of that line, for the caret below it. */
  readonly text?: string
}

/** Everything that is said to a person about something wrong or noteworthy. Plain and serialisable. */
export interface Diagnostic {
  /** Kebab-case, stable, the name of its page. Callers test it, never the text. */
  readonly code: string
  readonly severity: Severity
  /** One sentence that names the object. No period at its end. */
  readonly message: string
  /** Further lines: the candidates, the holder of a lock, the server's detail and context. */
  readonly details?: readonly string[]
  /** The next action, often a command. */
  readonly hint?: string
  /** The object that it is about: a revision id, a relation, a setting. */
  readonly subject?: string
  readonly location?: Location
  /** The server's five-character code, where a server spoke. */
  readonly sqlState?: string
}

/** The facts of a `ToolError` besides its code and message. */
export interface ToolErrorFacts {
  readonly details?: readonly string[] | undefined
  readonly hint?: string | undefined
  readonly subject?: string | undefined
  readonly location?: Location | undefined
  readonly sqlState?: string | undefined
  readonly cause?: unknown
  /** What happened besides, for example a clean-up that failed; reported after this error. */
  readonly also?: readonly Diagnostic[] | undefined
  /** Plain data for callers, for example `{ heads: ["3f2a1c", "9b07de"] }`; part of the JSON output. */
  readonly data?: Readonly<Record<string, unknown>> | undefined
}

/**
 * A diagnostic that is thrown. Anything else that is thrown is a defect of Lockstep and shows its stack.
 *
 * @example throw new ToolError("multiple-heads", "the revision graph has two heads", { details, hint })
 */
export class ToolError extends Error {
  readonly code: ErrorCode
  readonly facts: ToolErrorFacts

  constructor(code: ErrorCode, message: string, facts: ToolErrorFacts = {}) {
    super(message, facts.cause === undefined ? undefined : { cause: facts.cause })
    this.name = "ToolError"
    this.code = code
    this.facts = facts
  }

  /** The exit code of a command that ends with this error. */
  get exitCode(): number {
    return errorPages[this.code].exit
  }

  get diagnostic(): Diagnostic {
    return diagnostic("error", this.code, this.message, this.facts)
  }
}

/** Makes a diagnostic, leaving out what is not given. */
export function diagnostic(
  severity: Severity,
  code: ErrorCode,
  message: string,
  facts: ToolErrorFacts = {},
): Diagnostic {
  const { details, hint, subject, location, sqlState } = facts
  return {
    code,
    severity,
    message,
    ...(details === undefined || details.length === 0 ? {} : { details }),
    ...(hint === undefined ? {} : { hint }),
    ...(subject === undefined ? {} : { subject }),
    ...(location === undefined ? {} : { location }),
    ...(sqlState === undefined ? {} : { sqlState }),
  }
}
