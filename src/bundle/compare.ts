import type { Bundle, BundledFile, BundledRevision } from "./bundle.ts"

/** What a folder has otherwise than its bundle says. */
export interface BundleDifference {
  readonly change: "missing" | "added" | "changed" | "moved"
  /** Id of a revision, or the path of a file of queries. */
  readonly subject: string
  readonly file: string
}

/** Compares what a build should hold with what is there. Empty where nothing differs that matters. */
export function compareBundles(expected: Bundle, found: Bundle): readonly BundleDifference[] {
  return [
    ...compareRevisions(expected.revisions, found.revisions),
    ...compareFiles(expected.queries, found.queries),
  ]
}

function* compareRevisions(
  expected: readonly BundledRevision[],
  found: readonly BundledRevision[],
): Generator<BundleDifference> {
  const there = new Map(found.map((revision) => [revision.id, revision]))
  for (const { id, file, checksum, parents, phase } of expected) {
    const now = there.get(id)
    there.delete(id)
    if (now === undefined) yield { change: "missing", subject: id, file }
    else if (now.checksum !== checksum) yield { change: "changed", subject: id, file: now.file }
    else if (now.phase !== phase || now.parents.join() !== parents.join())
      yield { change: "moved", subject: id, file: now.file }
  }
  for (const { id, file } of there.values()) yield { change: "added", subject: id, file }
}

function* compareFiles(
  expected: readonly BundledFile[],
  found: readonly BundledFile[],
): Generator<BundleDifference> {
  const there = new Map(found.map(({ file, checksum }) => [file, checksum]))
  for (const { file, checksum } of expected) {
    const now = there.get(file)
    if (now === undefined) yield { change: "missing", subject: file, file }
    else if (now !== checksum) yield { change: "changed", subject: file, file }
  }
}

/** Says a difference in words. */
export function describeDifference({ change, subject, file }: BundleDifference): string {
  const name = subject === file ? file : `${subject} (${file})`
  switch (change) {
    case "missing":
      return `missing here: ${name}`
    case "added":
      return `not in the bundle: ${name}`
    case "changed":
      return `another text: ${name}`
    case "moved":
      return `another parent or phase: ${name}`
  }
}
