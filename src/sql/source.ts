/** A stretch of SQL text and where it stands, so that every message can name file and line. */
export interface Source {
  readonly text: string
  /** Path as shown to a person. */
  readonly file: string
  /** The 1-based line of the file on which `text` begins. */
  readonly line: number
}
