import type { Revision } from "./revision.ts"
import { buildGraph, type RevisionGraph } from "./revision-graph.ts"

/**
 * Reads a drawing of revisions, for tests: `a; b<-a; c<-a @pay; d<-b,c ~x` is a base, two children of it of which
 * one begins the branch `pay`, and a merge of both that depends on x. A title is `<id> title`.
 */
export function drawnRevisions(drawing: string): Revision[] {
  const parts = drawing.split(";").filter((part) => part.trim() !== "")
  const revisions = parts.map((part) => {
    const [, id = "", parents, rest = ""] = /^\s*([^\s<]+)(?:<-(\S+))?(.*)$/.exec(part) ?? []
    const marked = (mark: string) => rest.split(/\s+/).filter((word) => word.startsWith(mark))
    const dependsOn = marked("~").flatMap((word) => word.slice(1).split(","))
    const labels = marked("@").map((word) => word.slice(1))
    return revision(id, { parents: parents?.split(",") ?? [], dependsOn, labels })
  })
  return revisions
}

/** Builds the graph of a drawing. */
export function graph(drawing: string): RevisionGraph {
  return buildGraph(drawnRevisions(drawing))
}

/** Returns a plain revision with some facts given. */
export function revision(id: string, facts: Partial<Revision> = {}): Revision {
  return {
    id,
    parents: [],
    dependsOn: [],
    labels: [],
    title: `${id} title`,
    file: `migrations/${id}.sql`,
    language: "sql",
    format: "lockstep",
    repeatable: false,
    transaction: "auto",
    accepts: [],
    rollback: "missing",
    checksum: `checksum of ${id}`,
    ...facts,
  }
}
