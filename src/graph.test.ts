import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { type Digraph, invert, reachable, topologicalSort } from "./graph.ts"

/** Reads a drawing: `a; b<-a; d<-b,c` is a, then b after a, then d after b and c. */
function graph(drawing: string): Digraph<string> {
  const edges = new Map(
    drawing.split("; ").map((part) => {
      const [node = "", before] = part.split("<-")
      return [node, before?.split(",") ?? []]
    }),
  )
  return { nodes: [...edges.keys()], needs: (node) => edges.get(node) ?? [] }
}

describe("topologicalSort", () => {
  test.each([
    ["an order that is right stays", "a; b<-a; c<-a; d<-b,c", "a b c d"],
    ["what is needed is pulled in front", "d<-b,c; c<-a; b<-a; a", "a b c d"],
    ["strangers keep their order", "z; y; x", "z y x"],
    ["a node that is only named is included", "b<-a", "a b"],
    ["an edge given twice counts once", "a; b<-a,a", "a b"],
  ])("%s", (_, drawing, order) => {
    expect(topologicalSort(graph(drawing)).order?.join(" ")).toBe(order)
  })

  test.each([
    ["a; b<-a,d; c<-b; d<-c", "b d c"],
    ["a<-a", "a"],
  ])("the cycle in %s is returned", (drawing, cycle) => {
    expect(topologicalSort(graph(drawing)).cycle?.join(" ")).toBe(cycle)
  })

  test("a chain of 100,000 nodes, last one first, needs no recursion", () => {
    const nodes = Array.from({ length: 100_000 }, (_, index) => 99_999 - index)
    const sorted = topologicalSort({ nodes, needs: (node) => (node === 0 ? [] : [node - 1]) })
    expect(sorted.order?.[0]).toBe(0)
    expect(sorted.order?.length).toBe(100_000)
  })

  test("every edge of a random graph is respected, or a real cycle is shown", () => {
    const graphs = fc.array(fc.array(fc.nat(14), { maxLength: 3 }), { minLength: 15, maxLength: 15 })
    fc.assert(
      fc.property(graphs, (edges) => {
        const needs = (node: number) => edges[node] ?? []
        const { order, cycle } = topologicalSort({ nodes: [...edges.keys()], needs })
        if (cycle !== undefined) {
          cycle.forEach((node, index) => {
            expect(needs(node)).toContain(cycle[(index + 1) % cycle.length])
          })
          return
        }
        expect([...order].sort((a, b) => a - b)).toEqual([...edges.keys()])
        for (const node of order) {
          for (const needed of needs(node)) expect(order.indexOf(needed)).toBeLessThan(order.indexOf(node))
        }
      }),
    )
  })
})

test("reachable includes the starts and follows every edge", () => {
  const { needs } = graph("a; b<-a; c<-b; x; y<-x")
  expect([...reachable(["c"], needs)]).toEqual(["c", "b", "a"])
  expect([...reachable(["b", "y"], needs)]).toEqual(["b", "y", "a", "x"])
})

test("invert turns every edge around", () => {
  expect(Object.fromEntries(invert(graph("a; b<-a; c<-a; d<-b,c")))).toEqual({
    a: ["b", "c"],
    b: ["d"],
    c: ["d"],
    d: [],
  })
})
