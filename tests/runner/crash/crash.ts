import { spawn } from "node:child_process"
import { mkdtemp, rm } from "node:fs/promises"
import { setTimeout as sleep } from "node:timers/promises"
import { fileURLToPath, pathToFileURL } from "node:url"
import { build } from "tsdown"
import { upgrade } from "../../../src/api/upgrade.ts"
import { type TestDatabase, testDatabase } from "../../database.ts"
import { stateOf } from "../state.ts"
import { folders } from "./project.ts"

const runner = fileURLToPath(new URL("runner.mjs", import.meta.url))
const root = fileURLToPath(new URL("../../../", import.meta.url))

/** The library as plain JavaScript: a process that has nothing to translate starts in a tenth of a second. */
export interface Bundle extends AsyncDisposable {
  readonly url: string
}

export async function bundleLibrary(): Promise<Bundle> {
  // Inside the project, where its packages are found.
  const outDir = await mkdtemp(`${root}node_modules/.lockstep-crash-`)
  await build({
    cwd: root,
    config: false,
    entry: { index: "src/index.ts" },
    outDir,
    format: "esm",
    platform: "node",
    target: "node20.19",
    dts: false,
    fixedExtension: false,
    logLevel: "error",
  })
  return {
    url: pathToFileURL(`${outDir}/index.js`).href,
    [Symbol.asyncDispose]: () => rm(outDir, { recursive: true, force: true }),
  }
}

/** Where a runner is killed; see runner.mjs. */
export type KillPoint =
  | { readonly kind: "step" | "before" | "after"; readonly number: number }
  /** That long after it connected, from outside. */
  | { readonly kind: "instant"; readonly ms: number }

export function describePoint(point: KillPoint): string {
  return point.kind === "instant" ? `${point.ms} ms after it connected` : `${point.kind} ${point.number}`
}

export interface Ended {
  /** Null where it was killed. */
  readonly exit: number | null
  readonly stdout: string
  readonly stderr: string
}

/** What every run of the crash tests has in common. */
export interface Subject {
  readonly bundle: Bundle
  /** Of the project that is applied. */
  readonly root: string
}

/** Runs `upgrade` in a process of its own, to its end or to where it is killed. */
export async function runProcess({ bundle, root }: Subject, url: string, point?: KillPoint): Promise<Ended> {
  const { PATH = "", HOME = "" } = process.env
  const kill =
    point === undefined ? "" : point.kind === "instant" ? "ready:0" : `${point.kind}:${point.number}`
  const child = spawn(process.execPath, [runner], {
    env: { PATH, HOME, LIBRARY: bundle.url, ROOT: root, URL: url, KILL: kill },
    stdio: ["ignore", "pipe", "pipe"],
  })
  let stdout = ""
  let stderr = ""
  child.stdout.on("data", (data: Buffer) => {
    stdout += data.toString()
    if (point?.kind === "instant" && stdout.startsWith("ready")) {
      void sleep(point.ms).then(() => child.kill("SIGKILL"))
    }
  })
  child.stderr.on("data", (data: Buffer) => {
    stderr += data.toString()
  })
  const exit = await new Promise<number | null>((resolve) => child.on("close", resolve))
  return { exit, stdout, stderr }
}

/** What an uninterrupted run leaves, and how many points of each kind it passes. */
export interface Uninterrupted {
  readonly state: readonly string[]
  readonly counts: { readonly step: number; readonly before: number }
}

export async function runUninterrupted(subject: Subject, major: number): Promise<Uninterrupted> {
  await using db = await testDatabase({ major })
  const { exit, stdout, stderr } = await runProcess(subject, db.url)
  if (exit !== 0) throw new Error(stderr)
  return { state: await stateOf(await db.connect()), counts: JSON.parse(stdout) }
}

/** Kills a runner at each of the points, one after the other, then runs to the end, and returns what is there then. */
export async function crashAndFinish(
  subject: Subject,
  major: number,
  points: readonly KillPoint[],
): Promise<{ readonly state: readonly string[]; readonly killed: number }> {
  await using db = await testDatabase({ major })
  let killed = 0
  for (const point of points) {
    const { exit, stderr } = await runProcess(subject, db.url, point)
    if (exit === null) killed += 1
    else if (exit !== 0) throw new Error(`a runner failed by itself: ${stderr}`)
  }
  await finish(subject, db)
  return { state: await stateOf(await db.connect()), killed }
}

async function finish({ root }: Subject, { url }: TestDatabase): Promise<void> {
  await upgrade({ root, url, migrations: folders, cache: false, runnerWaitMs: 20_000 })
}

/** Does `work` for each of `items`, several at a time. */
export async function inParallel<T>(
  items: readonly T[],
  width: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const left = [...items]
  const worker = async () => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) await work(item)
  }
  await Promise.all(Array.from({ length: width }, worker))
}
