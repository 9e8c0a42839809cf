/** What is known about one error code. The same text is its documentation page and `lockstep explain <code>`. */
export interface ErrorPage {
  /**
   * The exit code of a command that ends with this error: 1 failed and recorded, 2 usage or configuration,
   * 3 the answer is no, 4 a decision is needed, 5 no connection or no lock in time (retry later), 130 interrupted.
   */
  readonly exit: 1 | 2 | 3 | 4 | 5 | 130
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
