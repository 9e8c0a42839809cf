import type { Advice } from "./advice.ts"
import type { DatabaseSurvey } from "./survey-database.ts"
import type { FoundFolder } from "./survey-folder.ts"

/** What `lockstep init` found, wrote, and proposes. */
export interface InitResult {
  readonly written: readonly string[]
  /** Files that were there already, and stay as they are. */
  readonly kept: readonly string[]
  readonly migrations: FoundFolder
  /** Absent where no database could be reached. */
  readonly database?: DatabaseSurvey
  readonly next: readonly Advice[]
}

/** What is known of a file that was written. */
export interface CheckedFile {
  readonly file: string
  /** What it was held against. */
  readonly checked: string
  readonly unchecked: string
  /** What was found in this project that would make it fail. */
  readonly problems: readonly string[]
}

/** What `lockstep init --platform` wrote. */
export interface RecipeResult {
  readonly platform: string
  readonly written: readonly string[]
  readonly kept: readonly string[]
  /** Of each file that was written. */
  readonly checks: readonly CheckedFile[]
  /** What the files cannot do. */
  readonly next: readonly string[]
}
