import { readFileSync } from "node:fs"
import { resolve } from "node:path"
import { compareText } from "../compare-text.ts"
import { unreadable } from "../file-error.ts"
import type { RecordedQuery } from "../queries/manifest.ts"
import type { RevisionFolder } from "../revisions/folder.ts"
import type { Phase, Revision } from "../revisions/revision.ts"
import { sha256 } from "../revisions/sha256.ts"

/** One revision, as a bundle names it. */
export interface BundledRevision {
  readonly id: string
  readonly file: string
  readonly parents: readonly string[]
  readonly phase?: Phase
  readonly repeatable?: true
  /** SHA-256 of its meaning: comments and white space do not count. */
  readonly checksum: string
}

/** One file of queries that the release declares. */
export interface BundledFile {
  readonly file: string
  /** SHA-256 of its bytes, line ends as LF. */
  readonly checksum: string
}

/** What a build holds of one database's revisions. Plain; its file is the same text for the same revisions. */
export interface Bundle {
  /**
   * SHA-256 of the revisions without the files' names: another order, phase or text gives another. Queries do not count,
   * so that it is the digest that a deploy has, which may be without them.
   */
  readonly digest: string
  readonly heads: readonly string[]
  /** In the order in which they run; repeatables last. */
  readonly revisions: readonly BundledRevision[]
  readonly queries: readonly BundledFile[]
  /** What the release issues, as far as it is known: a deploy stores it, so that the next one does not break it. */
  readonly declared?: readonly RecordedQuery[]
}

/** Makes the bundle of a folder and of the query files that belong to it. */
export function bundleOf(
  folder: RevisionFolder,
  queries: readonly BundledFile[] = [],
  declared?: readonly RecordedQuery[],
): Bundle {
  const revisions = [...folder.revisions, ...folder.repeatables].map(bundled)
  return {
    digest: digestOf(revisions),
    heads: folder.heads.map(({ id }) => id),
    revisions,
    queries,
    ...(declared === undefined ? {} : { declared }),
  }
}

function bundled({ id, file, parents, phase, repeatable, checksum }: Revision): BundledRevision {
  return {
    id,
    file,
    parents,
    ...(phase === undefined ? {} : { phase }),
    ...(repeatable ? { repeatable } : {}),
    checksum,
  }
}

/** Returns the digest of revisions, whatever their order and their files' names. */
export function digestOf(revisions: readonly BundledRevision[]): string {
  const lines = [
    ...revisions.map(({ id, parents, phase, repeatable, checksum }) =>
      [
        id,
        checksum,
        [...parents].sort(compareText).join(" "),
        phase ?? "",
        repeatable ? "repeatable" : "",
      ].join("\t"),
    ),
  ]
  return sha256(lines.sort(compareText).join("\n"))
}

/**
 * Reads the files of queries.
 *
 * @throws ToolError `unreadable-file`
 */
export function bundleQueries(root: string, files: readonly string[]): readonly BundledFile[] {
  return files.map((file) => {
    try {
      return { file, checksum: sha256(readFileSync(resolve(root, file), "utf8").replaceAll("\r\n", "\n")) }
    } catch (error) {
      throw unreadable(file, error)
    }
  })
}
