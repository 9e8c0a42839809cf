import { describe, expect, test } from "vitest"
import { ToolError } from "../diagnostic.ts"
import { drawnRevisions, graph, revision } from "./drawn-graph.ts"
import type { Revision } from "./revision.ts"
import { buildGraph } from "./revision-graph.ts"

const ids = (revisions: Iterable<Revision>) => [...revisions].map(({ id }) => id).join(" ")

describe("a graph", () => {
  const diamond = graph("a; b<-a; c<-a; d<-b,c")

  test("knows its ends", () => {
    expect(ids(diamond.bases)).toBe("a")
    expect(ids(diamond.heads)).toBe("d")
    expect(ids(graph("a; b<-a; c<-a").heads)).toBe("b c")
    expect(ids(graph("a; x; b<-a").bases)).toBe("a x")
  })

  test("a head that another branch depends on is no effective head", () => {
    const drawn = graph("a; b<-a; x; y<-x ~b")
    expect(ids(drawn.heads)).toBe("b y")
    expect(ids(drawn.effectiveHeads)).toBe("y")
  })

  test("walks up and down", () => {
    expect(ids(diamond.children("a"))).toBe("b c")
    expect(ids(diamond.parents("d"))).toBe("b c")
    expect([...diamond.ancestors(["b"])]).toEqual(["b", "a"])
    expect([...diamond.descendants(["b"])]).toEqual(["b", "d"])
  })

  test("ancestors go through depends-on, children do not", () => {
    const drawn = graph("a; b<-a; x; y<-x ~b")
    expect([...drawn.ancestors(["y"])].sort()).toEqual(["a", "b", "x", "y"])
    expect(ids(drawn.children("b"))).toBe("")
    expect(ids(drawn.dependents("b"))).toBe("y")
  })

  test("depends-on may name a branch: the revision where it begins", () => {
    expect(ids(graph("a; b<-a @pay; c<-b; x ~pay").prerequisites("x"))).toBe("b")
  })

  test("labels are inherited by what descends, and joined by a merge", () => {
    const drawn = graph("a @all; b<-a @left; c<-a @right; d<-b,c; e<-d")
    expect(drawn.labels("a")).toEqual(["all"])
    expect(drawn.labels("b")).toEqual(["all", "left"])
    expect(drawn.labels("e")).toEqual(["all", "left", "right"])
    expect(drawn.branches.get("left")?.id).toBe("b")
  })

  test("order is topological, ties by file name, whatever order the files were read in", () => {
    const revisions = drawnRevisions("a; b10<-a; b9<-a; c<-b9,b10; x")
    expect(ids(buildGraph(revisions).revisions)).toBe("a b9 b10 c x")
    expect(ids(buildGraph(revisions.reverse()).revisions)).toBe("a b9 b10 c x")
  })

  test("an empty folder is a graph without ends", () => {
    expect(buildGraph([]).heads).toEqual([])
  })

  test("60,000 revisions in a comb of branches are linked in linear time", () => {
    const chain = Array.from({ length: 60_000 }, (_, n) =>
      revision(`r${n}`, { parents: n === 0 ? [] : [`r${n % 100 === 0 ? n - 100 : n - 1}`] }),
    )
    const drawn = buildGraph(chain)
    drawn.ancestors(["r59999"])
    drawn.labels("r59999")
    expect(drawn.heads.length).toBe(600)
    // A quadratic walk takes minutes here, and the test has half of one.
  })
})

describe("a broken graph names the files", () => {
  const failure = (build: () => unknown): ToolError => {
    try {
      build()
    } catch (error) {
      if (error instanceof ToolError) return error
      throw error
    }
    throw new Error("nothing was thrown")
  }

  test("two files with one id", () => {
    const copies = [revision("a", { file: "one.sql" }), revision("a", { file: "two.sql" })]
    const error = failure(() => buildGraph(copies))
    expect(error.code).toBe("duplicate-revision")
    expect(error.facts.details).toEqual(["one.sql", "two.sql"])
  })

  test("a parent that is not there, with the nearest id", () => {
    const error = failure(() => graph("add_users; b<-add_user"))
    expect(error.code).toBe("unknown-parent")
    expect(error.facts.details).toEqual(["migrations/b.sql"])
    expect(error.facts.hint).toBe('did you mean "add_users"?')
  })

  test("a dependency that is not there", () => {
    expect(failure(() => graph("a ~zz")).code).toBe("unknown-dependency")
  })

  test("a cycle, through parents and dependencies", () => {
    const error = failure(() => graph("a; b<-a ~d; c<-b; d<-c"))
    expect(error.code).toBe("revision-cycle")
    expect(error.message).toBe("the revisions form a cycle: b needs d needs c needs b")
    expect(error.facts.details?.[0]).toBe("b  migrations/b.sql")
  })

  test.each([["a @pay; b<-a @pay"], ["pay; b<-pay @pay"]])("a label given twice: %s", (drawing) => {
    expect(failure(() => graph(drawing)).code).toBe("duplicate-branch-label")
  })
})
