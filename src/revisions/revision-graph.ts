import { ToolError } from "../diagnostic.ts"
import { didYouMean } from "../did-you-mean.ts"
import { reachable, topologicalSort } from "../graph.ts"
import { compareNatural } from "./natural-order.ts"
import type { Revision } from "./revision.ts"

/** Ids of what one database has applied. Ids that the graph does not know are passed over. */
export type Applied = ReadonlySet<string>

/** The revisions of a project, linked by parents and dependencies. Every walk is linear. */
export interface RevisionGraph {
  /** Every revision, each after all that it needs; ties by file name. The same on every machine. */
  readonly revisions: readonly Revision[]
  /** Revisions that are nobody's parent. */
  readonly heads: readonly Revision[]
  /** Heads that no other revision depends on either: to apply them is to apply everything. */
  readonly effectiveHeads: readonly Revision[]
  /** Revisions without a parent. */
  readonly bases: readonly Revision[]
  /** Every branch label, with the revision whose header gives it. */
  readonly branches: ReadonlyMap<string, Revision>
  get(id: string): Revision | undefined
  /** The place of a revision in `revisions`. */
  position(id: string): number
  parents(id: string): readonly Revision[]
  children(id: string): readonly Revision[]
  /** What must be applied before: parents first, then what it depends on. */
  prerequisites(id: string): readonly Revision[]
  /** What must not be applied without it: children, and those that depend on it. */
  dependents(id: string): readonly Revision[]
  /** Labels given to the revision or to one of its ancestors by parents, oldest first. */
  labels(id: string): readonly string[]
  /** `ids` and all that they need, directly or not. */
  ancestors(ids: Iterable<string>): ReadonlySet<string>
  /** `ids` and all that need them, directly or not. */
  descendants(ids: Iterable<string>): ReadonlySet<string>
  /** Puts any of its revisions in the order of `revisions`, each once. */
  sorted(ids: Iterable<string>): Revision[]
}

/**
 * Links revisions into a graph, in whatever order they are given.
 *
 * @throws ToolError `duplicate-revision`, `duplicate-branch-label`, `unknown-parent`, `unknown-dependency`,
 * `revision-cycle`
 */
export function buildGraph(revisions: Iterable<Revision>): RevisionGraph {
  const byFile = [...revisions].sort((a, b) => compareNatural(a.file, b.file) || compareNatural(a.id, b.id))
  const byId = indexById(byFile)
  const branches = indexByLabel(byFile, byId)
  const needs = (revision: Revision) => prerequisitesOf(revision, parentsOf(revision, byId), byId, branches)
  return new LinkedRevisions(inOrder(byFile, needs))
}

/** Links revisions that an earlier `buildGraph` has checked and put in order. */
export function linkInOrder(revisions: readonly Revision[]): RevisionGraph {
  return new LinkedRevisions(revisions)
}

const none: readonly Revision[] = []

/** Everything is found when it is first asked for: most commands need little of it. */
class LinkedRevisions implements RevisionGraph {
  readonly revisions: readonly Revision[]
  readonly #byId: ReadonlyMap<string, Revision>
  #positions: ReadonlyMap<string, number> | undefined
  #branches: ReadonlyMap<string, Revision> | undefined
  #children: ReadonlyMap<string, readonly Revision[]> | undefined
  #dependents: ReadonlyMap<string, readonly Revision[]> | undefined
  #labels: ReadonlyMap<string, readonly string[]> | undefined
  #heads: readonly Revision[] | undefined
  #bases: readonly Revision[] | undefined
  readonly #hasDependencies: boolean

  constructor(revisions: readonly Revision[]) {
    this.revisions = revisions
    this.#byId = new Map(revisions.map((revision) => [revision.id, revision]))
    this.#hasDependencies = revisions.some(({ dependsOn }) => dependsOn.length > 0)
  }

  get bases() {
    this.#bases ??= this.revisions.filter(({ parents }) => parents.length === 0)
    return this.#bases
  }

  get heads() {
    this.#heads ??= this.revisions.filter(({ id }) => this.children(id).length === 0)
    return this.#heads
  }

  get effectiveHeads() {
    if (!this.#hasDependencies) return this.heads
    return this.heads.filter(({ id }) => this.dependents(id).length === 0)
  }

  get branches() {
    this.#branches ??= indexByLabel(this.revisions, this.#byId)
    return this.#branches
  }

  get(id: string) {
    return this.#byId.get(id)
  }

  position(id: string) {
    this.#positions ??= new Map(this.revisions.map((revision, index) => [revision.id, index]))
    return this.#positions.get(id) ?? -1
  }

  parents(id: string) {
    const revision = this.#byId.get(id)
    return revision === undefined ? none : parentsOf(revision, this.#byId)
  }

  prerequisites(id: string) {
    const revision = this.#byId.get(id)
    if (revision === undefined) return none
    const parents = parentsOf(revision, this.#byId)
    return this.#hasDependencies ? prerequisitesOf(revision, parents, this.#byId, this.branches) : parents
  }

  children(id: string): readonly Revision[] {
    this.#children ??= reversed(this.revisions, ({ parents }) => parents)
    return this.#children.get(id) ?? none
  }

  dependents(id: string): readonly Revision[] {
    if (!this.#hasDependencies) return this.children(id)
    this.#dependents ??= reversed(this.revisions, ({ id }) => this.prerequisites(id).map(idOf))
    return this.#dependents.get(id) ?? none
  }

  labels(id: string) {
    this.#labels ??= inheritLabels(this)
    return this.#labels.get(id) ?? []
  }

  ancestors(ids: Iterable<string>) {
    return reachable(ids, (id) => this.prerequisites(id).map(idOf))
  }

  descendants(ids: Iterable<string>) {
    return reachable(ids, (id) => this.dependents(id).map(idOf))
  }

  sorted(ids: Iterable<string>) {
    const known = [...new Set(ids)].filter((id) => this.#byId.has(id))
    const positions = known.map((id) => this.position(id)).sort((a, b) => a - b)
    return positions.flatMap((position) => this.revisions[position] ?? [])
  }
}

function idOf({ id }: Revision): string {
  return id
}

/** Returns, for each revision that another one needs, those that need it, in the order of the graph. */
function reversed(
  revisions: readonly Revision[],
  needs: (revision: Revision) => readonly string[],
): Map<string, Revision[]> {
  const needing = new Map<string, Revision[]>()
  for (const revision of revisions) {
    for (const id of needs(revision)) {
      const known = needing.get(id)
      if (known === undefined) needing.set(id, [revision])
      // A parent may be named twice.
      else if (known.at(-1) !== revision) known.push(revision)
    }
  }
  return needing
}

function parentsOf(revision: Revision, byId: ReadonlyMap<string, Revision>): readonly Revision[] {
  if (revision.parents.length === 0) return none
  return distinct(revision.parents).map((id) => byId.get(id) ?? unknownParent(revision, id, byId))
}

function prerequisitesOf(
  revision: Revision,
  parents: readonly Revision[],
  byId: ReadonlyMap<string, Revision>,
  branches: ReadonlyMap<string, Revision>,
): readonly Revision[] {
  if (revision.dependsOn.length === 0) return parents
  const needed = revision.dependsOn.map((word) => {
    return byId.get(word) ?? branches.get(word) ?? unknownDependency(revision, word, byId, branches)
  })
  return [...new Set([...parents, ...needed])]
}

function indexById(revisions: readonly Revision[]): Map<string, Revision> {
  const byId = new Map<string, Revision>()
  for (const revision of revisions) {
    const other = byId.get(revision.id)
    if (other !== undefined) {
      throw new ToolError("duplicate-revision", `two files are revision ${revision.id}`, {
        details: [other.file, revision.file],
        hint: "give one of them another id, and check which parent lines mean it",
        subject: revision.id,
        data: { files: [other.file, revision.file] },
      })
    }
    byId.set(revision.id, revision)
  }
  return byId
}

function indexByLabel(
  revisions: readonly Revision[],
  byId: ReadonlyMap<string, Revision>,
): Map<string, Revision> {
  const branches = new Map<string, Revision>()
  for (const revision of revisions) {
    for (const label of revision.labels) {
      const other = branches.get(label) ?? byId.get(label)
      if (other !== undefined) {
        const how = other.id === label ? "is the id of a revision" : "is given twice"
        throw new ToolError("duplicate-branch-label", `the branch label ${label} ${how}`, {
          details: [...new Set([other.file, revision.file])],
          hint: "a label is given once, where the branch begins; all that descends from there carries it",
          subject: label,
        })
      }
      branches.set(label, revision)
    }
  }
  return branches
}

function distinct(words: readonly string[]): readonly string[] {
  return words.length < 2 ? words : [...new Set(words)]
}

function unknownParent(revision: Revision, id: string, byId: ReadonlyMap<string, Revision>): never {
  throw new ToolError("unknown-parent", `${revision.id} follows ${id}, which is not in the folder`, {
    details: [revision.file],
    hint: didYouMean(id, byId.keys()) ?? "bring the missing file back, or correct the parent line",
    subject: revision.id,
    data: { revision: revision.id, parent: id, file: revision.file },
  })
}

function unknownDependency(
  revision: Revision,
  word: string,
  byId: ReadonlyMap<string, Revision>,
  branches: ReadonlyMap<string, Revision>,
): never {
  throw new ToolError("unknown-dependency", `${revision.id} depends on ${word}, which is not in the folder`, {
    details: [revision.file],
    hint:
      didYouMean(word, [...byId.keys(), ...branches.keys()]) ??
      "name a revision by its full id, or a branch by its label",
    subject: revision.id,
    data: { revision: revision.id, dependency: word, file: revision.file },
  })
}

function inOrder(
  revisions: readonly Revision[],
  needs: (revision: Revision) => readonly Revision[],
): readonly Revision[] {
  const { order, cycle } = topologicalSort({ nodes: revisions, needs })
  if (order !== undefined) return order
  const ring = [...cycle, cycle[0] as Revision]
  throw new ToolError("revision-cycle", `the revisions form a cycle: ${ring.map(idOf).join(" needs ")}`, {
    details: cycle.map(({ id, file }) => `${id}  ${file}`),
    hint: "correct one of their parent or depends-on lines",
    data: { cycle: cycle.map(idOf) },
  })
}

function inheritLabels(graph: RevisionGraph): Map<string, readonly string[]> {
  const labels = new Map<string, readonly string[]>()
  for (const revision of graph.revisions) {
    const inherited = graph.parents(revision.id).map(({ id }) => labels.get(id) ?? [])
    const [first = []] = inherited
    // Most revisions have one parent and no label of their own: they share its list.
    const plain = inherited.length < 2 && revision.labels.length === 0
    labels.set(revision.id, plain ? first : [...new Set([...inherited.flat(), ...revision.labels])])
  }
  return labels
}
