import { describe, expect, test } from "vitest"
import { graph } from "./drawn-graph.ts"
import { outOfOrder, unknownApplied } from "./gaps.ts"

const words = (text: string) => text.split(" ").filter((word) => word !== "")

describe("outOfOrder finds what is pending below something applied", () => {
  test.each([
    ["a; b<-a; c<-b", "a b", ""],
    ["a; b<-a; c<-b", "a c", "b before c"],
    ["a; b<-a; c<-b; d<-c", "d", "a before d, b before d, c before d"],
    ["a; b<-a; c<-b; d<-c", "b d", "a before b, c before d"],
    ["a; late<-a; c<-a", "a c", ""],
    ["a; b<-a; x; y<-x ~b", "a x y", "b before y"],
  ])("%s | applied: %s -> %s", (drawing, done, expected) => {
    const found = outOfOrder(graph(drawing), new Set(words(done)))
    const shown = found.map(({ pending, applied }) => `${pending.id} before ${applied.id}`)
    expect(shown.join(", ")).toBe(expected)
  })
})

describe("unknownApplied tells an old folder from a broken one", () => {
  test.each([
    ["all known", "a; b<-a", "a b", { ids: [], databaseAhead: false }],
    [
      "the database went on from the folder's last",
      "a; b<-a",
      "a b c d",
      { ids: ["c", "d"], databaseAhead: true },
    ],
    ["the folder is empty: it was not copied", "", "a b", { ids: ["a", "b"], databaseAhead: true }],
    ["a file is gone from the middle", "a; c<-a", "a b c", { ids: ["b"], databaseAhead: false }],
    ["another git branch was applied", "a; b<-a", "a x", { ids: ["x"], databaseAhead: false }],
  ])("%s", (_, drawing, applied, expected) => {
    expect(unknownApplied(graph(drawing), words(applied))).toEqual(expected)
  })
})
