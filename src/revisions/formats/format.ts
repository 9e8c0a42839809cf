import type { FolderFormatName } from "../../api/options.ts"
import type { Moment } from "../moment.ts"

/** A file of a revisions folder, as a format sees it. */
export interface FolderFile {
  /** Path inside the folder, with forward slashes. */
  readonly path: string
  /** The id that its header gives it. */
  readonly headerId: string | undefined
  readonly headerTitle: string | undefined
}

/** What a file is in its folder. */
export type Role =
  /** It moves forward. */
  | { readonly kind: "revision" | "repeatable"; readonly id: string; readonly title: string }
  /** It undoes another file, whose path is one of these. */
  | { readonly kind: "down"; readonly of: readonly string[] }

/** A way to name the files of a folder. One implementation each, listed in `all.ts`. */
export interface FolderFormat {
  readonly name: FolderFormatName
  /** True where a header links the files; else their order is the chain. */
  readonly linked: boolean
  /** Returns what a file is; undefined where its name is not of this format. `has` tells which other files there are. */
  readonly role: (file: FolderFile, has: (path: string) => boolean) => Role | undefined
  /** Orders the ids of a chain. */
  readonly compare: (a: string, b: string) => number
  /** The number in an id that no second file may have; undefined where ids need none. */
  readonly number: (id: string) => string | undefined
  /** Names the files of a revision that comes after `last`, as the folder names them; absent where a header links. */
  readonly successor?: (last: RevisionFiles, slug: string, moment: Moment) => RevisionFiles
}

/** Paths inside the folder of the files of one revision. */
export interface RevisionFiles {
  readonly forward: string
  readonly backward?: string
}

/** Turns a slug into words: `add_phone-numbers` is `add phone numbers`. */
export function titleOf(slug: string): string {
  return slug.replaceAll(/[\s_-]+/g, " ").trim()
}
