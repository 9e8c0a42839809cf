/**
 * Kills runners at random points, thousands of times, and compares what the runs after them leave with what an
 * uninterrupted run leaves. Takes as long as it is told to:
 *
 *     npx jiti scripts/soak-crash.ts [minutes] [major]
 */
import { availableParallelism } from "node:os"
import { connect } from "../src/db/node-postgres.ts"
import { parseConnection } from "../src/db/settings.ts"
import { startServer } from "../src/scratch/embedded.ts"
import {
  bundleLibrary,
  crashAndFinish,
  describePoint,
  differences,
  inParallel,
  type KillPoint,
  runUninterrupted,
  type Uninterrupted,
} from "../tests/runner/crash/crash.ts"
import { crashProject } from "../tests/runner/crash/project.ts"

const [minutes = 10, major] = process.argv.slice(2).map(Number)
const width = availableParallelism() + 1
const end = Date.now() + minutes * 60_000

await using server = await startServer(major === undefined ? {} : { major })
await using project = await crashProject()
await using bundle = await bundleLibrary()
const subject = { bundle, root: project.root }

const admin = await connect(parseConnection(server.socketUrl(), {}))
const places = Array.from({ length: width }, (_, place) => place)
for (const place of places) await admin.run(`create database soak_${place}`)
await admin.close()

const uninterrupted = await runUninterrupted(subject, server.socketUrl("soak_0"))
let killed = 0
let rounds = 0
let failures = 0
await inParallel(places, width, async (place) => {
  while (Date.now() < end) {
    const points = Array.from({ length: 1 + random(4) }, () => randomPoint(uninterrupted))
    const name = points.map(describePoint).join(", then ")
    const problems = await round(place, points, name)
    rounds += 1
    failures += problems.length === 0 ? 0 : 1
    for (const problem of problems) console.error(problem)
    if (rounds % 50 === 0)
      console.log(`${rounds} rounds, ${killed} runners killed, ${failures} rounds failed`)
  }
})
console.log(
  `PostgreSQL ${server.version}: ${rounds} rounds, ${killed} runners killed, ${failures} rounds failed`,
)
process.exitCode = failures === 0 ? 0 : 1

async function round(place: number, points: readonly KillPoint[], name: string): Promise<readonly string[]> {
  try {
    const crashed = await crashAndFinish(subject, server.socketUrl(`soak_${place}`), points)
    killed += crashed.killed
    return differences(crashed.state, uninterrupted, name)
  } catch (error) {
    return [`${name}: ${error instanceof Error ? error.stack : error}`]
  }
}

function randomPoint({ counts }: Uninterrupted): KillPoint {
  const message = 1 + random(counts.before)
  switch (random(4)) {
    case 0:
      return { kind: "step", number: 1 + random(counts.step) }
    case 1:
      return { kind: "before", number: message }
    case 2:
      return { kind: "after", number: message }
    default:
      return { kind: "instant", ms: random(400) }
  }
}

function random(below: number): number {
  return Math.floor(Math.random() * below)
}
