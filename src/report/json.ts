import type { Diagnostic } from "../diagnostic.ts"

/** What `--json` prints on standard output: always one document, whatever happened. */
export interface JsonDocument {
  /** Version of this shape. */
  readonly v: 1
  readonly command: string
  /** True when `exit` is 0. */
  readonly ok: boolean
  /** The exit code of the process. */
  readonly exit: number
  /** The answer of the command; absent where it failed before it had one. */
  readonly result?: unknown
  /** The findings of `lint` once more, for programs that look for nothing else. */
  readonly findings?: readonly unknown[]
  /** Errors, warnings and notes, the most important first. */
  readonly diagnostics: readonly Diagnostic[]
  /** Facts of the error for programs, for example `{ "heads": ["3f2a1c", "9b07de"] }`. */
  readonly data?: Readonly<Record<string, unknown>>
}

/** Members of a result that stand in the document itself too, for programs that look for nothing else. */
export type Beside = Readonly<Record<string, unknown>>

/** Prints the document with a line end. */
export function printJson(document: JsonDocument & Beside): string {
  return `${JSON.stringify(document, undefined, 2)}\n`
}
