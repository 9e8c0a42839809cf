import { spawn } from "node:child_process"
import { mkdtemp, rm } from "node:fs/promises"
import { setTimeout as sleep } from "node:timers/promises"
import { fileURLToPath, pathToFileURL } from "node:url"
import { build } from "tsdown"
import { upgrade } from "../../../src/api/upgrade.ts"
import { connect } from "../../../src/db/node-postgres.ts"
import { parseConnection } from "../../../src/db/settings.ts"
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

/** A database that is used for one crash after the other: emptying it takes a fifth of the time of making one. */
async function emptyDatabase(url: string): Promise<void> {
  const connection = await connect(parseConnection(url, {}))
  await connection.run(
    "set client_min_messages = warning; drop schema if exists lockstep cascade; drop schema public cascade; create schema public",
  )
  await connection.close()
}

/** What an uninterrupted run leaves, and how many points of each kind it passes. */
export interface Uninterrupted {
  readonly state: readonly string[]
  readonly counts: { readonly step: number; readonly before: number }
}

/** Runs to the end without being killed. What the database held before is gone. */
export async function runUninterrupted(subject: Subject, url: string): Promise<Uninterrupted> {
  await emptyDatabase(url)
  const { exit, stdout, stderr } = await runProcess(subject, url)
  if (exit !== 0) throw new Error(stderr)
  return { state: await stateAt(url), counts: JSON.parse(stdout) }
}

/** Kills a runner at each of the points, one after the other, then runs to the end; otherwise the same. */
export async function crashAndFinish(
  subject: Subject,
  url: string,
  points: readonly KillPoint[],
): Promise<{ readonly state: readonly string[]; readonly killed: number }> {
  await emptyDatabase(url)
  let killed = 0
  for (const point of points) {
    const { exit, stderr } = await runProcess(subject, url, point)
    if (exit === null) killed += 1
    else if (exit !== 0) throw new Error(`a runner failed by itself: ${stderr}`)
  }
  const { root } = subject
  await upgrade({ root, url, migrations: folders, cache: false, runnerWaitMs: 20_000 })
  return { state: await stateAt(url), killed }
}

async function stateAt(url: string): Promise<readonly string[]> {
  const connection = await connect(parseConnection(url, {}))
  try {
    return await stateOf(connection)
  } finally {
    await connection.close()
  }
}

/** What is different from an uninterrupted run, in words. */
export function differences(
  found: readonly string[],
  { state: expected }: Uninterrupted,
  name: string,
): readonly string[] {
  const isIn = (lines: readonly string[]) => (line: string) => lines.includes(line)
  const more = found.filter((line) => !isIn(expected)(line)).map((line) => `${name}: there is: ${line}`)
  const less = expected.filter((line) => !isIn(found)(line)).map((line) => `${name}: missing: ${line}`)
  if (more.length + less.length > 0) return [...more, ...less]
  return found.join("\n") === expected.join("\n") ? [] : [`${name}: another order`]
}

/** Does `work` for each of the items, `width` at a time; `place` tells which of them it is. */
export async function inParallel<T>(
  items: readonly T[],
  width: number,
  work: (item: T, place: number) => Promise<void>,
): Promise<void> {
  const left = [...items]
  const worker = async (_: unknown, place: number) => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) await work(item, place)
  }
  await Promise.all(Array.from({ length: width }).map(worker))
}
