import { describe, expect, test } from "vitest"
import type { ReleaseFacts, ReleaseRecord } from "../history/releases.ts"
import type { Revision } from "../revisions/revision.ts"
import { buildGraph } from "../revisions/revision-graph.ts"
import { type HoldOptions, holdContracts } from "./hold.ts"
import { areIndependent } from "./independent.ts"
import { standingOf } from "./serving.ts"

const now = new Date("2026-06-01T12:00:00Z")
const hour = 3_600_000
const ago = (hours: number) => new Date(now.getTime() - hours * hour).toISOString()

function revision(id: string, parent: string, phase: Revision["phase"]): Revision {
  return {
    id,
    parents: parent === "" ? [] : [parent],
    dependsOn: [],
    labels: [],
    title: id,
    file: `${id}.sql`,
    language: "sql",
    format: "lockstep",
    repeatable: false,
    transaction: "auto",
    accepts: [],
    rollback: "missing",
    checksum: id,
    ...(phase === undefined ? {} : { phase }),
  }
}

function release(id: string, hours: number, facts: Partial<ReleaseRecord> = {}): ReleaseRecord {
  const at = ago(hours)
  return { id, bundle: "", contracts: [], firstDeployedAt: at, deployedAt: at, state: "deployed", ...facts }
}

// Room is made, what is old is removed, and something new comes behind it.
const room = revision("room", "", "expand")
const removal = revision("removal", "room", "contract")
const later = revision("later", "removal", "expand")
const graph = buildGraph([room, removal, later])

function hold(
  pending: readonly Revision[],
  facts: Partial<ReleaseFacts>,
  options: Partial<HoldOptions> = {},
) {
  return holdContracts(
    graph,
    pending,
    { fresh: false, releases: [], young: [], ...facts },
    { release: "r2", soakMs: hour, now, released: new Set(), ...options },
  )
}

const reasons = (decision: ReturnType<typeof hold>) =>
  decision.held.flatMap((held) => held.reasons).join("\n")

describe("a contract revision", () => {
  test("waits for a later release than its expand's", () => {
    const decision = hold([room, removal], {})
    expect(decision.due).toEqual([room])
    expect(reasons(decision)).toContain("room, which makes room for it, runs in this deploy")
    const again = hold([removal], { young: [{ id: "room", at: ago(5), release: "r2" }] })
    expect(reasons(again)).toBe("room, which makes room for it, came with this same release, r2")
    expect(hold([removal], { young: [{ id: "room", at: ago(5), release: "r1" }] }).held).toEqual([])
  })

  test("waits until its expand has soaked", () => {
    const young = [{ id: "room", at: ago(0.5), release: "r1" }]
    expect(reasons(hold([removal], { young }))).toBe(
      "what makes room for it soaks until 2026-06-01T12:30:00Z",
    )
    expect(hold([removal], { young }, { soakMs: 0 }).held).toEqual([])
    expect(hold([removal], { young: [{ id: "other", at: ago(0.5) }] }).held).toEqual([])
  })

  test("waits for the releases that serve and were built before it", () => {
    expect(reasons(hold([removal], { releases: [release("r1", 5)] }))).toContain(
      "lockstep release retired r1",
    )
    expect(hold([removal], { releases: [release("r1", 5, { contracts: ["removal"] })] }).held).toEqual([])
    expect(hold([removal], { releases: [release("r1", 5, { state: "retired" })] }).held).toEqual([])
    expect(hold([removal], { releases: [release("r2", 5)] }).held).toEqual([])
  })

  test("does not wait where nothing serves yet, or where somebody has let it go", () => {
    expect(hold([room, removal, later], { fresh: true }).due).toEqual([room, removal, later])
    expect(hold([room, removal], {}, { released: new Set(["removal"]) }).held).toEqual([])
  })

  test("keeps apart what comes behind it", () => {
    const decision = hold([room, removal, later], {})
    expect(decision.due).toEqual([room])
    expect(decision.behind).toEqual([later])
  })
})

test("a release serves until a later one has soaked, or somebody says so", () => {
  const serving = (releases: readonly ReleaseRecord[]) =>
    standingOf(releases, { soakMs: hour, now }).flatMap(({ id, serves }) => (serves ? [id] : []))
  expect(serving([release("r3", 0.5), release("r2", 3), release("r1", 5)])).toEqual(["r3", "r2"])
  expect(serving([release("r3", 2), release("r2", 3), release("r1", 5, { state: "serving" })])).toEqual([
    "r3",
    "r1",
  ])
  expect(serving([release("r3", 2, { state: "retired" }), release("r2", 3)])).toEqual(["r2"])
})

test("scripts are independent where they name nothing in common", () => {
  const source = (text: string) => ({ text, file: "x.sql", line: 1 })
  const independent = (one: string, other: string) => areIndependent(source(one), source(other))
  expect(
    independent("alter table users drop column phone", "create table orders (id bigint primary key)"),
  ).toBe(true)
  expect(independent("alter table users drop column phone", 'alter table "Users" add column x text')).toBe(
    false,
  )
  expect(independent("drop view v", "do $$ begin execute 'drop view v'; end $$")).toBe(false)
})
