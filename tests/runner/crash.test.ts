import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { majors, type TestDatabase, testDatabase } from "../database.ts"
import type { TestProject } from "../project.ts"
import {
  type Bundle,
  bundleLibrary,
  crashAndFinish,
  describePoint,
  differences,
  inParallel,
  type KillPoint,
  runUninterrupted,
  type Subject,
  type Uninterrupted,
} from "./crash/crash.ts"
import { crashProject } from "./crash/project.ts"

// 106 points in all; scripts/soak-crash.ts does the same at thousands.

let project: TestProject
let bundle: Bundle
let subject: Subject
const uninterrupted = new Map<number, Uninterrupted>()
const width = 3
const databases = new Map<string, TestDatabase>()

beforeAll(async () => {
  project = await crashProject()
  bundle = await bundleLibrary()
  subject = { bundle, root: project.root }
  for (const major of majors) {
    for (let place = 0; place < width; place++)
      databases.set(`${major} ${place}`, await testDatabase({ major }))
  }
  for (const major of majors) {
    const { url } = databases.get(`${major} 0`) as TestDatabase
    uninterrupted.set(major, await runUninterrupted(subject, url))
  }
})

afterAll(async () => {
  await Promise.all([...databases.values()].map((db) => db.drop()))
  await bundle[Symbol.asyncDispose]()
  await project[Symbol.asyncDispose]()
})

/**
 * Kills a run at each point of a case, one after the other, the majors taking turns, and compares what the next run leaves
 * with an uninterrupted one.
 *
 * @param most the part of the points at which a run must really have been killed before its end
 */
async function crashEach(cases: readonly (readonly KillPoint[])[], most = 0.9): Promise<void> {
  const found: string[] = []
  let killed = 0
  await inParallel([...cases.entries()], width, async ([index, points], place) => {
    const major = majors[index % majors.length] as number
    const db = databases.get(`${major} ${place}`) as TestDatabase
    const crashed = await crashAndFinish(subject, db.url, points)
    killed += crashed.killed
    const name = `PostgreSQL ${major}, killed ${points.map(describePoint).join(", then ")}`
    found.push(...differences(crashed.state, uninterrupted.get(major) as Uninterrupted, name))
  })
  expect(found).toEqual([])
  expect(killed).toBeGreaterThan(cases.flat().length * most)
}

function upTo(count: number, stride = 1): number[] {
  return Array.from({ length: Math.ceil(count / stride) }, (_, index) => index * stride + 1)
}

describe("a runner that is killed, and run again, leaves what an uninterrupted run leaves", () => {
  test("behind every step and every revision", async () => {
    const { counts } = uninterrupted.get(majors[0] as number) as Uninterrupted
    expect(counts.step).toBeGreaterThan(40)
    await crashEach(upTo(counts.step).map((number) => [{ kind: "step", number }]))
  }, 900_000)

  test("while a message is on its way to the server", async () => {
    const { counts } = uninterrupted.get(majors[0] as number) as Uninterrupted
    expect(counts.before).toBeGreaterThan(120)
    await crashEach(upTo(counts.before, 12).map((number) => [{ kind: "after", number }]))
  }, 900_000)

  test("at any instant, three times in a row", async () => {
    const anyInstant = (): KillPoint => ({ kind: "instant", ms: Math.floor(Math.random() * 150) })
    // Whoever kills from outside may be held up for longer than a run takes.
    await crashEach(
      upTo(10).map(() => [anyInstant(), anyInstant(), anyInstant()]),
      0.3,
    )
  }, 900_000)
})
