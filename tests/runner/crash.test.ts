import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { majors } from "../database.ts"
import type { TestProject } from "../project.ts"
import {
  type Bundle,
  bundleLibrary,
  crashAndFinish,
  describePoint,
  inParallel,
  type KillPoint,
  runUninterrupted,
  type Subject,
  type Uninterrupted,
} from "./crash/crash.ts"
import { crashProject } from "./crash/project.ts"

// scripts/soak-crash.ts does the same at thousands of points.

let project: TestProject
let bundle: Bundle
let subject: Subject
const uninterrupted = new Map<number, Uninterrupted>()

beforeAll(async () => {
  project = await crashProject()
  bundle = await bundleLibrary()
  subject = { bundle, root: project.root }
  await Promise.all(
    majors.map(async (major) => uninterrupted.set(major, await runUninterrupted(subject, major))),
  )
})

afterAll(async () => {
  await bundle[Symbol.asyncDispose]()
  await project[Symbol.asyncDispose]()
})

/** Kills runs at the points, the majors taking turns, and compares what the next run leaves with an uninterrupted one. */
async function crashEach(points: readonly KillPoint[]): Promise<void> {
  const differences: string[] = []
  let killed = 0
  await inParallel([...points.entries()], 3, async ([index, point]) => {
    const major = majors[index % majors.length] as number
    const crashed = await crashAndFinish(subject, major, [point])
    killed += crashed.killed
    const expected = new Set(uninterrupted.get(major)?.state)
    const found = new Set(crashed.state)
    const name = `PostgreSQL ${major}, killed at ${describePoint(point)}`
    differences.push(
      ...[...found].filter((line) => !expected.has(line)).map((line) => `${name}: there is: ${line}`),
      ...[...expected].filter((line) => !found.has(line)).map((line) => `${name}: missing: ${line}`),
    )
    if (crashed.state.join() !== uninterrupted.get(major)?.state.join())
      differences.push(`${name}: other order`)
  })
  expect(differences).toEqual([])
  expect(killed).toBeGreaterThan(points.length * 0.9)
}

function upTo(count: number, stride = 1): number[] {
  return Array.from({ length: Math.ceil(count / stride) }, (_, index) => index * stride + 1)
}

describe("a runner that is killed, and run again, leaves what an uninterrupted run leaves", () => {
  test("behind every step and every revision", async () => {
    const { counts } = uninterrupted.get(majors[0] as number) as Uninterrupted
    expect(counts.step).toBeGreaterThan(40)
    await crashEach(upTo(counts.step).map((number) => ({ kind: "step", number })))
  }, 120_000)

  test("while a message is on its way to the server", async () => {
    const { counts } = uninterrupted.get(majors[0] as number) as Uninterrupted
    expect(counts.before).toBeGreaterThan(120)
    await crashEach(upTo(counts.before, 4).map((number) => ({ kind: "after", number })))
  }, 120_000)

  test("at any instant", async () => {
    await crashEach(upTo(20).map(() => ({ kind: "instant", ms: Math.floor(Math.random() * 250) })))
  }, 120_000)
})
