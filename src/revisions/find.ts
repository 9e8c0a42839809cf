import { compareText } from "../compare-text.ts"
import { ToolError } from "../diagnostic.ts"
import { didYouMean } from "../did-you-mean.ts"
import type { Revision } from "./revision.ts"
import type { RevisionGraph } from "./revision-graph.ts"

/**
 * Returns the revision that a name means: its id; a branch label (the revision where the branch begins); its file,
 * with or without folder and extension; the number in front of its file name (`12`, `0012`, `V1.2`); or else the
 * beginning of its id or file name, of any length.
 *
 * @param word what the person typed, for the message, where it is more than the name
 * @throws ToolError `unknown-revision`, `ambiguous-revision`
 */
export function findRevision(graph: RevisionGraph, name: string, word = name): Revision {
  const revisions = candidates(graph, name)
  const [revision] = revisions
  if (revision === undefined) throw unknownRevision(graph, name)
  if (revisions.length > 1) throw ambiguous(word, `${word} could mean several revisions`, revisions)
  return revision
}

/** Returns every revision that `name` could mean. */
export function candidates(graph: RevisionGraph, name: string): readonly Revision[] {
  const exact = graph.get(name) ?? graph.branches.get(name)
  if (exact !== undefined) return [exact]
  if (name === "") return []
  const number = numberMeant(name)
  const stem = stemOf(name)
  const named = graph.revisions.filter(({ file }) => {
    const whole = stemOf(file)
    return file === name || whole === stem || (number !== undefined && numberOf(whole) === number)
  })
  if (named.length > 0) return named
  return graph.revisions.filter(({ id, file }) => id.startsWith(name) || stemOf(file).startsWith(name))
}

/** Says that `word` is ambiguous and lists what it could mean. */
export function ambiguous(
  word: string,
  message: string,
  revisions: readonly Revision[],
  hint = "say which one by its id",
): ToolError {
  return new ToolError("ambiguous-revision", message, {
    details: listed(revisions),
    hint,
    subject: word,
    data: { candidates: revisions.map(({ id }) => id) },
  })
}

const mostListed = 20

/** Returns a line for each revision, id and title; the last says how many were left out. */
export function listed(revisions: readonly Revision[]): string[] {
  const lines = revisions.slice(0, mostListed).map(({ id, title }) => `${id}  ${title}`)
  const more = revisions.length - mostListed
  return more > 0 ? [...lines, `and ${more} more`] : lines
}

function unknownRevision(graph: RevisionGraph, name: string): ToolError {
  return new ToolError("unknown-revision", `no revision is called ${name === "" ? '""' : name}`, {
    hint: suggestion(graph, name),
    subject: name,
  })
}

function suggestion(graph: RevisionGraph, name: string): string {
  const ids = graph.revisions.map(({ id }) => id)
  const words = name.toLowerCase().replaceAll(/[\s_-]+/g, " ")
  const titled = graph.revisions.filter(({ title }) => name !== "" && title.toLowerCase().includes(words))
  if (titled.length > 0) {
    return `did you mean ${titled
      .slice(0, 3)
      .map(({ id, title }) => `${id} (${title})`)
      .join(", ")}?`
  }
  const stems = graph.revisions.map(({ file }) => stemOf(file))
  const known = new Set([...ids, ...graph.branches.keys(), ...stems, "head", "heads", "base", "current"])
  return didYouMean(name, [...known].sort(compareText)) ?? "`lockstep history` lists the revisions"
}

/** Returns the file name without its folder and extension; of `<name>/migration.sql` the name. */
function stemOf(path: string): string {
  const parts = path.split("/")
  const last = parts.pop() ?? ""
  const name = last === "migration.sql" || last === "up.sql" ? (parts.pop() ?? last) : last
  return name.replace(/(\.up)?\.(sql|[cm]?[jt]s)$/i, "")
}

/** Returns the number in front of a file name, as `numberMeant` does: of `0012_x` 12, of `V01.2__x` 1.2. */
function numberOf(stem: string): string | undefined {
  const [, version] = /^V([\d._]+)__/i.exec(stem) ?? /^(\d+(?:\.\d+)*)(?=$|[_\-. ])/.exec(stem) ?? []
  return version === undefined ? undefined : numberMeant(version)
}

/** Returns the number that a word is, without zeros that do not count: `012`, `V1.2`, `1_2` give 12, 1.2, 1.2. */
function numberMeant(word: string): string | undefined {
  const [, digits] = /^V?(\d+(?:[._]\d+)*)$/i.exec(word) ?? []
  return digits?.replaceAll("_", ".").replaceAll(/(^|\.)0+(?=\d)/g, "$1")
}
