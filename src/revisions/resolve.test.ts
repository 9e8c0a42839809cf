import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { ToolError } from "../diagnostic.ts"
import { graph, revision } from "./drawn-graph.ts"
import { planDowngrade, planUpgrade, resolveMany, resolveOne, resolveRange } from "./resolve.ts"
import type { Revision } from "./revision.ts"
import { buildGraph } from "./revision-graph.ts"

const ids = (revisions: readonly Revision[]) => revisions.map(({ id }) => id).join(" ")
const applied = (words: string) => new Set(words.split(" ").filter((word) => word !== ""))

/** What a call returned, or the code and candidates of the error that it threw. */
function outcome(call: () => readonly Revision[]): string {
  try {
    return ids(call())
  } catch (error) {
    if (!(error instanceof ToolError)) throw error
    const { candidates, heads } = (error.facts.data ?? {}) as { candidates?: string[]; heads?: string[] }
    return [`${error.code}:`, ...(candidates ?? heads ?? [])].join(" ")
  }
}

const chain = "a; b<-a; c<-b; d<-c"
const fork = "a; b<-a; c<-a"
const diamond = "a; b<-a; c<-a; d<-b,c; e<-d"
const branches = "a; b<-a; c<-a @pay; d<-c; x @net; y<-x; z<-y ~d"

describe("planUpgrade finds what is pending", () => {
  test.each([
    [chain, "", "head", "a b c d"],
    [chain, "a b", "head", "c d"],
    [chain, "a b c d", "head", ""],
    [chain, "a", "c", "b c"],
    [chain, "a b c", "b", ""],
    [chain, "", "+2", "a b"],
    [chain, "a", "+1", "b"],
    [chain, "a", "current+2", "b c"],
    [chain, "", "base+1", "a"],
    [chain, "", "b+1", "a b c"],
    [chain, "", "head-1", "a b c"],
    [chain, "a", "+4", "relative-out-of-range:"],
    [chain, "a b c d", "+1", "relative-out-of-range:"],
    [chain, "a", "-1", "wrong-direction:"],
    [chain, "a", "base", ""],
    [fork, "", "head", "multiple-heads: b c"],
    [fork, "", "heads", "a b c"],
    [fork, "a", "+1", "ambiguous-revision: b c"],
    [fork, "", "a+1", "ambiguous-revision: b c"],
    [fork, "a b", "+1", "c"],
    [fork, "", "c", "a c"],
    [diamond, "a b", "+2", "c d"],
    [diamond, "a", "d", "b c d"],
    [diamond, "", "d-1", "ambiguous-revision: b c"],
    [branches, "", "pay", "a c"],
    [branches, "", "pay@head", "a c d"],
    [branches, "", "net@heads", "a c d x y z"],
    [branches, "a", "pay@+1", "c"],
    [branches, "a", "net@+2", "x y"],
    [branches, "x y", "net@+1", "a c d z"],
    [branches, "", "a@head", "multiple-heads: b d"],
    [branches, "", "c@head", "a c d"],
    [branches, "", "pay@b", "unknown-revision:"],
    [branches, "", "b net@head", "a b c d x y z"],
    ["", "", "head", ""],
    ["a", "", "zz", "unknown-revision:"],
  ])("%s | applied: %s | upgrade %s -> %s", (drawing, done, words, expected) => {
    const drawn = drawing === "" ? buildGraph([]) : graph(drawing)
    expect(outcome(() => planUpgrade(drawn, applied(done), words.split(" ")).pending)).toBe(expected)
  })
})

describe("planDowngrade finds what is undone, the last one first", () => {
  test.each([
    [chain, "a b c d", "-1", "d"],
    [chain, "a b c", "-2", "c b"],
    [chain, "a b c", "b", "c"],
    [chain, "a b c", "base", "c b a"],
    [chain, "a b c", "c-1", "c"],
    [chain, "a b", "a-1", "b a"],
    [chain, "a b", "b-3", "relative-out-of-range:"],
    [chain, "a b", "current-1", "b"],
    [chain, "a b", "b", ""],
    [chain, "a b", "d", "revision-not-applied:"],
    [chain, "a b", "-3", "relative-out-of-range:"],
    [chain, "", "-1", "relative-out-of-range:"],
    [chain, "a", "+1", "wrong-direction:"],
    [fork, "a b c", "-1", "ambiguous-revision: b c"],
    [fork, "a b c", "b", ""],
    [fork, "a b c", "a", "c b"],
    [diamond, "a b c d", "-1", "d"],
    [diamond, "a b c d", "-2", "ambiguous-revision: b c"],
    [diamond, "a b c d e", "b", "e d"],
    [branches, "a b c d x y z", "pay@base", "z d c"],
    [branches, "a b c d x y z", "net@base", "z y x"],
    [branches, "a b c d x y", "pay@-1", "d"],
    [branches, "a b c d x y z", "pay@-1", "z d"],
    [branches, "a b c d x y z", "net@-1", "z"],
    [branches, "a b c d", "pay@base", "d c"],
    ["a; b ~a", "a b", "a", ""],
    ["a; b ~a", "a b", "-1", "b"],
  ])("%s | applied: %s | downgrade %s -> %s", (drawing, done, word, expected) => {
    expect(outcome(() => planDowngrade(graph(drawing), applied(done), word))).toBe(expected)
  })
})

describe("a revision is named by", () => {
  const named = buildGraph([
    revision("4f2a9c1b7d3e", {
      file: "migrations/20260102_add_phone.sql",
      title: "add phone",
      labels: ["pay"],
    }),
    revision("4f2a00000000", { file: "migrations/20260103_split_names.sql", title: "split names" }),
    revision("0009_users", { file: "old/0009_users.sql" }),
    revision("0012_orders", { file: "old/0012_orders.sql" }),
    revision("V3__x", { file: "fly/V3__x.sql" }),
    revision("V3.1__y", { file: "fly/V3.1__y.sql" }),
    revision("V30__z", { file: "fly/V30__z.sql" }),
    revision("add", {}),
    revision("zebra", {}),
    revision("add-2", { parents: ["add"] }),
    revision("20260101120000_init", { file: "prisma/20260101120000_init/migration.sql" }),
  ])

  test.each([
    ["its id", "4f2a9c1b7d3e", "4f2a9c1b7d3e"],
    ["a prefix of it", "4f2a9", "4f2a9c1b7d3e"],
    ["a prefix of one character", "z", "zebra"],
    ["a prefix that several share", "4f2a", "ambiguous-revision: 4f2a9c1b7d3e 4f2a00000000"],
    ["a short prefix that several share", "4", "ambiguous-revision: 4f2a9c1b7d3e 4f2a00000000"],
    ["a number before a prefix", "3", "V3__x"],
    [
      "the beginning of file names",
      "2026010",
      "ambiguous-revision: 4f2a9c1b7d3e 4f2a00000000 20260101120000_init",
    ],
    ["a label", "pay", "4f2a9c1b7d3e"],
    ["its path", "migrations/20260102_add_phone.sql", "4f2a9c1b7d3e"],
    ["its file name", "20260102_add_phone.sql", "4f2a9c1b7d3e"],
    ["its file name without extension", "20260102_add_phone", "4f2a9c1b7d3e"],
    ["the beginning of its file name", "20260103_", "4f2a00000000"],
    ["the number of its file", "0012", "0012_orders"],
    ["the number without zeros", "12", "0012_orders"],
    ["a Flyway version", "V3", "V3__x"],
    ["a Flyway version without V", "3.1", "V3.1__y"],
    ["a lower-case v", "v30", "V30__z"],
    ["the folder of its file", "prisma/20260101120000_init", "20260101120000_init"],
    ["an id that ends like an offset", "add-2", "add-2"],
    ["an id and an offset", "add+1", "add-2"],
    ["nothing", "", "unknown-revision:"],
  ])("%s: %s", (_, word, expected) => {
    expect(outcome(() => [resolveOne(named, new Set(), word)])).toBe(expected)
  })

  const hint = (word: string) => {
    try {
      resolveOne(named, new Set(), word)
    } catch (error) {
      return (error as ToolError).facts.hint
    }
    return undefined
  }

  test("a name that is not there is answered with the nearest one", () => {
    expect(hint("0012_odrers")).toBe('did you mean "0012_orders"?')
    expect(hint("split_names")).toBe("did you mean 4f2a00000000 (split names)?")
    expect(hint("haed")).toBe('did you mean "head"?')
  })
})

describe("resolveOne and resolveMany", () => {
  const drawn = graph(branches)
  test("current is what is applied and has nothing applied above it", () => {
    expect(ids(resolveMany(drawn, applied("a b c x"), ["current"]))).toBe("b c x")
    expect(outcome(() => [resolveOne(drawn, applied("a b c"), "current")])).toBe("ambiguous-revision: b c")
    expect(resolveOne(drawn, applied("a c"), "current").id).toBe("c")
    expect(outcome(() => [resolveOne(drawn, applied(""), "current")])).toBe("unknown-revision:")
    expect(resolveMany(drawn, applied(""), ["current"])).toEqual([])
  })

  test("base is no revision", () => {
    expect(outcome(() => [resolveOne(drawn, applied("a"), "base")])).toBe("unknown-revision:")
    expect(resolveMany(drawn, applied("a"), ["base"])).toEqual([])
    expect(ids(resolveMany(drawn, applied("a"), ["pay@base"]))).toBe("a")
  })

  test("several words give each revision once, in the order of the graph", () => {
    expect(ids(resolveMany(drawn, new Set(), ["z", "heads", "a", "pay"]))).toBe("a b c d z")
  })

  test("an id that the folder does not have is passed over", () => {
    expect(ids(resolveMany(drawn, applied("a gone"), ["current"]))).toBe("a")
  })
})

describe("resolveRange", () => {
  test.each([
    [chain, "", "b:c", "b c", "c"],
    [chain, "", "b:", "b c d", "c d"],
    [chain, "", ":b", "a b", "a b"],
    [chain, "", "base:head", "a b c d", "a b c d"],
    [chain, "a b", "current:head", "b c d", "c d"],
    [chain, "a b c", "-1:current", "b c", "c"],
    [chain, "a", "current:+2", "a b c", "b c"],
    [chain, "", "a:+2", "a b c", "b c"],
    [chain, "", "-1:c", "b c", "c"],
    [chain, "", "c:a", "", ""],
    [chain, "", "b", "b", ""],
    [diamond, "", "b:e", "b d e", "c d e"],
    [branches, "", "pay@base:pay@head", "c d", "c d"],
    [fork, "", "a:head", "multiple-heads: b c", "multiple-heads: b c"],
  ])("%s | applied: %s | %s", (drawing, done, range, between, pending) => {
    const drawn = graph(drawing)
    expect(outcome(() => resolveRange(drawn, applied(done), range).between)).toBe(between)
    expect(outcome(() => resolveRange(drawn, applied(done), range).pending)).toBe(pending)
  })
})

test("an ambiguous word shows the candidates with their titles", () => {
  expect(() => planUpgrade(graph(fork), new Set(), ["head"])).toThrow(
    expect.objectContaining({
      exitCode: 4,
      facts: expect.objectContaining({
        details: ["b  b title", "c  c title"],
        hint: '"lockstep rebase <revision>" puts one behind the other, "lockstep merge b c" joins them, "heads" means all',
      }),
    }),
  )
})

describe("in any graph", () => {
  /** Up to 20 revisions, each with parents and dependencies among those before it. */
  const edges = fc.array(
    fc.tuple(fc.array(fc.nat(1000), { maxLength: 2 }), fc.array(fc.nat(1000), { maxLength: 1 })),
    {
      minLength: 1,
      maxLength: 20,
    },
  )
  const anyGraph = edges.map((list) =>
    buildGraph(
      list.map(([parents, dependsOn], index) => {
        const named = (numbers: number[]) =>
          index === 0 ? [] : numbers.map((number) => `r${number % index}`)
        return revision(`r${index}`, { parents: named(parents), dependsOn: named(dependsOn) })
      }),
    ),
  )
  const anyPlace = fc.tuple(anyGraph, fc.nat(1000), fc.nat(1000)).map(([drawn, start, target]) => {
    const pick = (number: number) => (drawn.revisions[number % drawn.revisions.length] as Revision).id
    return { drawn, done: new Set(drawn.ancestors([pick(start)])), target: pick(target) }
  })

  test("an upgrade brings all that is needed, in an order that respects every edge", () => {
    fc.assert(
      fc.property(anyPlace, ({ drawn, done, target }) => {
        const { pending } = planUpgrade(drawn, done, [target])
        const after = new Set(done)
        for (const { id } of pending) {
          expect(after.has(id)).toBe(false)
          for (const needed of drawn.prerequisites(id)) expect(after.has(needed.id)).toBe(true)
          after.add(id)
        }
        expect(after.has(target)).toBe(true)
        expect(drawn.ancestors(after).size).toBe(after.size)
      }),
    )
  })

  test("a downgrade leaves a place that is complete, and the upgrade after it comes back", () => {
    fc.assert(
      fc.property(anyPlace, ({ drawn, done, target }) => {
        const word = done.has(target) ? target : "base"
        const left = new Set(done)
        for (const { id } of planDowngrade(drawn, done, word)) {
          for (const dependent of drawn.dependents(id)) expect(left.has(dependent.id)).toBe(false)
          left.delete(id)
        }
        if (word === target) expect(left.has(target)).toBe(true)
        expect(drawn.ancestors(left).size).toBe(left.size)
        for (const { id } of planUpgrade(drawn, left, [...done]).pending) left.add(id)
        expect(left).toEqual(done)
      }),
    )
  })
})

test("60,000 revisions in a ladder of forks and merges are walked in linear time", () => {
  const ladder = Array.from({ length: 60_001 }, (_, n) => {
    const rung = n - (n % 3)
    const parents = n === 0 ? [] : n % 3 === 0 ? [`r${n - 2}`, `r${n - 1}`] : [`r${rung}`]
    return revision(`r${n}`, { parents })
  })
  const drawn = buildGraph(ladder)
  const half = new Set(drawn.ancestors(["r30000"]))
  expect(planUpgrade(drawn, half, ["head"]).pending.length).toBe(30_000)
  expect(planDowngrade(drawn, half, "r0").length).toBe(half.size - 1)
  resolveRange(drawn, half, "current:head")
  // A quadratic walk takes minutes here, and the test has half of one.
})
