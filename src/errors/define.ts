import type { exitCodes } from "./exit-codes.ts"

/** What is known about one error code. The same text is its documentation page and `lockstep explain <code>`. */
export interface ErrorPage {
  /** The exit code of a command that ends with this error. */
  readonly exit: Exclude<keyof typeof exitCodes, 0>
  /** One sentence: what is the case when this is printed. */
  readonly when: string
  /** Why Lockstep stops there instead of going on. */
  readonly why: string
  /** What to do next, with the commands to type. Markdown. */
  readonly fix: string
}

/** Declares a group of error codes; keeps the literal names so that misspelt codes do not compile. */
export function defineErrors<const Code extends string>(
  pages: Readonly<Record<Code, ErrorPage>>,
): Readonly<Record<Code, ErrorPage>> {
  return pages
}
