/** A file as it was, or would be, written. */
export interface WrittenFile {
  /** Relative to the project's root. */
  readonly path: string
  readonly content: string
}

/** What was, or would be, written. */
export interface WrittenRevision {
  readonly id: string
  readonly title: string
  readonly parents: readonly string[]
  /** The revision's file first; then its rollback file, in folders that pair them. */
  readonly files: readonly WrittenFile[]
}
