import { spawn } from "node:child_process"
import { readFileSync } from "node:fs"
import { setTimeout as delay } from "node:timers/promises"

/** A program to be measured, with all that it is started with. */
export interface Invocation {
  readonly program: string
  readonly args: readonly string[]
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
}

/** What one run of a program took, start and end included. */
export interface Usage {
  readonly wallMs: number
  /** User and system time of the program and of what it started. */
  readonly cpuMs: number
}

/** Runs a program to its end. The shell's `time` reads what the kernel has counted, which Node does not tell. */
export async function measure(invocation: Invocation): Promise<Usage> {
  const { program, args } = invocation
  const script = 'TIMEFORMAT="%3R %3U %3S"; exec 3>&2; { time "$0" "$@" >&3 2>&3; } 2>&1'
  const { output } = await run({ ...invocation, program: "bash", args: ["-c", script, program, ...args] })
  const [wall = 0, user = 0, system = 0] = output.trim().split(" ").map(Number)
  return { wallMs: wall * 1000, cpuMs: (user + system) * 1000 }
}

/** Runs a program and returns the most memory that it had in use, in MB, from `/proc`; undefined where there is none. */
export async function measurePeak(
  invocation: Invocation,
): Promise<{ readonly wallMs: number; readonly peakMb: number | undefined }> {
  const started = performance.now()
  let peakMb: number | undefined
  let done = false
  const finished = run(invocation, async (pid) => {
    // The kernel keeps the highest mark itself, so that only growth in the last moments can be missed. Looking takes
    // time from those who are measured.
    for (; !done; await delay(performance.now() - started < 500 ? 3 : 50)) peakMb = readPeak(pid) ?? peakMb
  }).finally(() => {
    done = true
  })
  await finished
  return { wallMs: performance.now() - started, peakMb }
}

function readPeak(pid: number): number | undefined {
  try {
    const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]
    return kilobytes === undefined ? undefined : Number(kilobytes) / 1024
  } catch {
    return undefined
  }
}

/** With that variable every start of Node reads a bundle of certificates, some 40 ms of CPU that belong to no tool. */
const { NODE_EXTRA_CA_CERTS: _, ...withoutCertificates } = process.env

/** Runs a program and returns what it printed; throws with what it complained of where it fails. */
export async function run(
  { program, args, cwd, env }: Invocation,
  meanwhile?: (pid: number) => Promise<void>,
): Promise<{ readonly output: string }> {
  const child = spawn(program, args, {
    cwd,
    env: { ...withoutCertificates, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  })
  let output = ""
  let complaint = ""
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    output += text
  })
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    complaint = (complaint + text).slice(-4000)
  })
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once("error", reject).once("close", resolve)
  })
  if (child.pid !== undefined) void meanwhile?.(child.pid)
  const code = await ended
  if (code === 0) return { output }
  throw new Error(
    `${program} ${args.join(" ").slice(0, 200)}: exit code ${code}\n${complaint}${output.slice(-1000)}`,
  )
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2
}
