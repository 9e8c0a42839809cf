import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { drawGraph, drawingOrder, type GraphNode } from "./graph.ts"

/** Draws `a; b<-a; d<-b,c`, given oldest first as revisions are, newest on top. */
function draw(description: string): string {
  const nodes = description.split(";").map((part): GraphNode => {
    const [id = "", parents] = part.trim().split("<-")
    return { id, parents: parents?.split(",") ?? [], mark: "○", lines: [id] }
  })
  return `\n${drawGraph(drawingOrder(nodes))}\n`
}

describe("drawGraph", () => {
  test("a chain", () => {
    expect(draw("a; b<-a; c<-b")).toBe(`
○  c
○  b
○  a
`)
  })

  test("two heads", () => {
    expect(draw("a; b<-a; c<-a")).toBe(`
○    c
│ ○  b
├─╯
○    a
`)
  })

  test("a merge", () => {
    expect(draw("a; b<-a; c<-a; d<-b,c")).toBe(`
○    d
├─╮
│ ○  c
○ │  b
├─╯
○    a
`)
  })

  test("a merge of three", () => {
    expect(draw("a; b<-a; c<-a; d<-a; e<-b,c,d")).toBe(`
○      e
├─┬─╮
│ │ ○  d
│ ○ │  c
○ │ │  b
├─┴─╯
○      a
`)
  })

  test("a long branch beside a short one", () => {
    expect(draw("a; b<-a; c<-b; d<-c; x<-a; y<-x; m<-d,y")).toBe(`
○    m
├─╮
│ ○  y
│ ○  x
○ │  d
○ │  c
○ │  b
├─╯
○    a
`)
  })

  test("a lane that is crossed", () => {
    expect(draw("a; b<-a; c<-a; m<-b,c; h<-b")).toBe(`
○      h
│ ○    m
│ ├─╮
│ │ ○  c
├─╯ │
○   │  b
├───╯
○      a
`)
  })

  test("two merges of the same two", () => {
    expect(draw("a; b<-a; c<-a; m<-b,c; n<-b,c")).toBe(`
○      n
├─╮
│ │ ○  m
│ ├─┤
│ ○ │  c
├─┼─╯
○ │    b
├─╯
○      a
`)
  })

  test("a head that begins where a base ended stands apart from it", () => {
    expect(draw("a; b<-a; x; y<-x; z<-y; c<-b,y")).toBe(`
○    c
├─╮
○ │  b
○ │  a
  │
○ │  z
├─╯
○    y
○    x
`)
  })

  test("two histories that never meet", () => {
    expect(draw("a; b<-a; x; y<-x")).toBe(`
○  y
○  x

○  b
○  a
`)
  })

  test("further lines below the first, beside the lanes", () => {
    const nodes: GraphNode[] = [
      { id: "m", parents: ["b", "c"], mark: "○", lines: ["m", "why: join", "by: me"] },
      { id: "c", parents: ["a"], mark: "●", lines: ["c", "why: c"] },
      { id: "b", parents: ["a"], mark: "●", lines: ["b"] },
      { id: "a", parents: ["gone"], mark: "●", lines: ["a", "why: a"] },
    ]
    expect(`\n${drawGraph(nodes)}\n`).toBe(`
○    m
├─╮  why: join
│ │  by: me
│ ●  c
│ │  why: c
● │  b
├─╯
●    a
     why: a
`)
  })

  test("every node once, each above its parents, whatever the graph", () => {
    const graphs = fc.array(fc.array(fc.nat(), { maxLength: 3 }), { maxLength: 12 })
    fc.assert(
      fc.property(graphs, (links) => {
        const nodes = links.map((parents, index): GraphNode => {
          const unique = [...new Set(index === 0 ? [] : parents.map((parent) => parent % index))]
          return {
            id: `n${index}`,
            parents: unique.map((parent) => `n${parent}`),
            mark: "○",
            lines: [`n${index}`],
          }
        })
        const ordered = drawingOrder(nodes)
        const drawn = drawGraph(ordered)
          .split("\n")
          .flatMap((line) => /n\d+$/.exec(line)?.[0] ?? [])
        expect(drawn).toEqual(ordered.map(({ id }) => id))
        expect([...drawn].sort()).toEqual(nodes.map(({ id }) => id).sort())
        for (const { id, parents } of nodes)
          for (const parent of parents) expect(drawn.indexOf(id)).toBeLessThan(drawn.indexOf(parent))
      }),
    )
  })
})
