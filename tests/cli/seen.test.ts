import { spawn } from "node:child_process"
import { mkdir, readdir, readFile, stat, symlink, writeFile } from "node:fs/promises"
import { createServer, type IncomingMessage } from "node:http"
import type { AddressInfo } from "node:net"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { describe, expect, test } from "vitest"
import { testDatabase } from "../database.ts"
import { revision, testProject } from "../project.ts"
import { lockstep } from "./lockstep.ts"

const repository = fileURLToPath(new URL("../../", import.meta.url))
const users = revision("a1", "", "create table users (id int primary key);", "-- phase: expand")
const broken = revision("b2", "a1", "alter table nowhere add column x int;", "-- phase: expand")
const mended = revision("b2", "a1", "create table more (id int);", "-- phase: expand")

type Line = Readonly<Record<string, unknown>>

function linesOf(text: string): Line[] {
  return text
    .trimEnd()
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Line)
}

describe("a deploy that nobody watches", () => {
  test("prints JSON lines with the fields of Cloud Logging; a terminal and CI get text, GitHub annotations", async () => {
    await using db = await testDatabase()
    await using project = await testProject({ "1.sql": users, "2.sql": broken })
    const platform = {
      DATABASE_URL: db.tcpUrl,
      LOCKSTEP_LOG_FORMAT: undefined,
      CLOUD_RUN_EXECUTION: "job-x7",
      GOOGLE_CLOUD_PROJECT: "acme",
      TRACEPARENT: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    }
    const at = { cwd: project.root, env: platform }
    const failed = await lockstep(["deploy", "--release", "v2"], at)
    expect(failed.exit).toBe(1)
    const told = linesOf(failed.stdout)
    const labels = { command: "deploy", database: db.name, platform: "cloud-run job-x7" }
    expect(told.find(({ message }) => String(message).includes("a1 applied"))).toMatchObject({
      severity: "INFO",
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      "logging.googleapis.com/labels": { ...labels, revision: "a1" },
      "logging.googleapis.com/trace": "projects/acme/traces/0af7651916cd43dd8448eb211c80319c",
      "logging.googleapis.com/spanId": "b7ad6b7169203331",
      "logging.googleapis.com/trace_sampled": true,
    })
    expect(told.find(({ severity }) => severity === "ERROR")?.message).toContain("b2 failed")
    const errors = linesOf(failed.stderr)
    expect(errors.at(0)).toMatchObject({
      severity: "ERROR",
      message: expect.stringContaining('relation "nowhere" does not exist'),
      "logging.googleapis.com/labels": { ...labels, code: "statement-failed" },
      "logging.googleapis.com/sourceLocation": { file: "migrations/2.sql", line: "5" },
      diagnostic: { code: "statement-failed", sqlState: "42P01" },
    })
    expect(errors[0]?.message).toMatch(/state: .* is at a1\n.*next: lockstep deploy --release v2/)

    // The same attempt is found in the database, when the container and its log are gone.
    const { stdout: history } = await lockstep(["history", "--failed"], at)
    expect(history).toContain('relation "nowhere" does not exist')

    const inCi = await lockstep(["deploy"], { cwd: project.root, env: { ...platform, CI: "true" } })
    expect(inCi.stderr).toMatch(/^error: .*nowhere/m)
    const github = await lockstep(["deploy"], {
      cwd: project.root,
      env: { ...platform, GITHUB_ACTIONS: "true", CI: "true" },
    })
    expect(github.stderr).toMatch(/^::error file=migrations\/2\.sql,line=5,.*title=statement-failed::/m)

    await project.write({ "migrations/2.sql": mended })
    expect((await lockstep(["deploy"], at)).exit).toBe(0)
    const nothing = await lockstep(["deploy"], at)
    expect(linesOf(nothing.stdout)).toMatchObject([
      { severity: "INFO", message: expect.stringMatching(/^nothing to do/), exit: 0 },
    ])
    expect(nothing.stderr).toBe("")
    // What a person asks for is text, also through a pipe, unless they say otherwise.
    expect((await lockstep(["status"], at)).stdout).not.toMatch(/^\{/)
    const said = await lockstep(["status", "--log-format", "json"], at)
    expect(linesOf(said.stdout)).toMatchObject([{ severity: "INFO", result: { appliedCount: 2 } }])
    const wrong = { ...platform, LOCKSTEP_LOG_FORMAT: "xml" }
    expect(await lockstep(["deploy"], { cwd: project.root, env: wrong })).toMatchObject({
      exit: 2,
      stderr: expect.stringContaining("it takes auto, text, json, github"),
    })
  })

  test("tells nothing of a password, whatever the message", async () => {
    await using project = await testProject({ "1.sql": users })
    const env = { DATABASE_URL: "postgres://ada:geheim@127.0.0.1:1/shop", LOCKSTEP_LOG_FORMAT: "json" }
    const { exit, stdout, stderr } = await lockstep(["deploy"], { cwd: project.root, env })
    expect(exit).toBe(5)
    expect(linesOf(stderr)).toMatchObject([{ severity: "ERROR" }])
    expect(stdout + stderr).not.toContain("geheim")
  })
})

/**
 * What `promtool check metrics` and node_exporter's collector refuse: a metric that is described twice or not at all,
 * series in between others, series twice, timestamps, malformed labels and numbers, no line end.
 */
function problemsOf(text: string): string[] {
  const problems: string[] = []
  const described = new Set<string>()
  const series = new Set<string>()
  let current = ""
  if (!text.endsWith("\n")) problems.push("no line end")
  for (const line of text.trimEnd().split("\n")) {
    const [, kind, name = ""] = /^# (HELP|TYPE) ([a-zA-Z_:][\w:]*) .+$/.exec(line) ?? []
    if (kind === "HELP") {
      if (described.has(name)) problems.push(`described twice: ${name}`)
      described.add(name)
      current = name
      continue
    }
    if (kind === "TYPE") {
      if (name !== current || !line.endsWith(" gauge")) problems.push(`type: ${line}`)
      continue
    }
    const sample =
      /^([a-z_]+)(\{(?:[a-z_]+="(?:[^"\\\n]|\\["\\n])*"(?:,(?!\}))?)*\})? (-?\d+(?:\.\d+)?)$/.exec(line)
    if (sample === null) problems.push(`not a sample: ${line}`)
    else if (sample[1] !== current) problems.push(`out of place: ${line}`)
    const key = line.slice(0, line.lastIndexOf(" "))
    if (series.has(key)) problems.push(`twice: ${line}`)
    series.add(key)
  }
  return problems
}

test("metrics of several commands share a file that a collector takes at any moment; a failure stands in it too", async () => {
  await using db = await testDatabase()
  await using project = await testProject({ "1.sql": users })
  await mkdir(join(project.root, "metrics"))
  await project.write({ "lockstep.config.json": '{ "metricsFile": "metrics/lockstep.prom" }' })
  const at = { cwd: project.root, env: { DATABASE_URL: db.url } }
  const file = join(project.root, "metrics/lockstep.prom")
  for (const words of [["status"], ["deploy", "--release", "v1"], ["status"], ["drift"]])
    expect((await lockstep(words, at)).exit).toBe(0)
  await project.write({ "migrations/2.sql": broken })
  expect((await lockstep(["deploy"], at)).exit).toBe(1)
  // Where nothing answers, it counts for the database that was meant.
  const nowhere = { cwd: project.root, env: { DATABASE_URL: "postgres://x@127.0.0.1:1/lost" } }
  expect((await lockstep(["status"], nowhere)).exit).toBe(5)
  // A command that finds nothing out about a database writes nothing.
  expect((await lockstep(["heads"], at)).exit).toBe(0)

  const text = await readFile(file, "utf8")
  expect(problemsOf(text)).toEqual([])
  const place = `database="${db.name}"`
  for (const line of [
    `lockstep_run_success{command="deploy",${place}} 0`,
    `lockstep_run_exit_code{command="deploy",${place}} 1`,
    `lockstep_run_success{command="status",database="lost"} 0`,
    `lockstep_applied_revisions{${place}} 1`,
    `lockstep_pending_revisions{${place}} 0`,
    `lockstep_drift{${place}} 0`,
  ])
    expect(text).toContain(`${line}\n`)
  expect(text).toMatch(/^lockstep_last_success_timestamp_seconds\{command="deploy",.*\} \d{10}$/m)
  expect(text).not.toContain('command="heads"')
  // The collector runs as another user, and finds no half of a file.
  expect((await stat(file)).mode & 0o444).toBe(0o444)
  expect(await readdir(join(project.root, "metrics"))).toEqual(["lockstep.prom"])

  const lost = await lockstep(["status", "--metrics-file", "no/such/folder.prom"], at)
  expect(lost.exit).toBe(0)
  expect(lost.stderr).toContain("warning: metrics file no/such/folder.prom")
})

interface Asked {
  readonly method: string | undefined
  readonly path: string | undefined
  readonly token: string | undefined
  readonly body: Line
}

async function bodyOf(request: IncomingMessage): Promise<Line> {
  let text = ""
  for await (const part of request) text += String(part)
  return text === "" ? {} : (JSON.parse(text) as Line)
}

/** A server on a port of its own that answers as `answer` says, and remembers what it was asked. */
async function listen(answer: (asked: Asked) => readonly [number, unknown]) {
  const asked: Asked[] = []
  const server = createServer((request, response) => {
    void bodyOf(request).then((body) => {
      const { method, url: path, headers } = request
      const one = { method, path, token: headers.authorization, body }
      asked.push(one)
      const [status, said] = answer(one)
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(said))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  return {
    asked,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

describe("a pull request", () => {
  /** Issue comments as GitHub keeps them, a hundred a page; ours would stand on the second one. */
  async function github({ readsOnly = false } = {}) {
    const comments = Array.from({ length: 120 }, (_, index) => ({
      id: index + 1,
      body: `comment ${index + 1}`,
    }))
    const server = await listen(({ method, path = "", body }) => {
      const { pathname, searchParams } = new URL(path, "http://github")
      if (method === "GET" && pathname === "/repos/acme/shop/issues/7/comments") {
        const size = Number(searchParams.get("per_page") ?? 30)
        const page = Number(searchParams.get("page") ?? 1)
        return [200, comments.slice((page - 1) * size, page * size)]
      }
      if (readsOnly) return [403, { message: "Resource not accessible by integration" }]
      if (method === "POST" && pathname === "/repos/acme/shop/issues/7/comments") {
        comments.push({ id: comments.length + 1, body: String(body.body) })
        return [201, comments.at(-1)]
      }
      const [, id] = /^\/repos\/acme\/shop\/issues\/comments\/(\d+)$/.exec(pathname) ?? []
      const comment = comments.find((each) => each.id === Number(id))
      if (method !== "PATCH" || comment === undefined) return [404, { message: "Not Found" }]
      comment.body = String(body.body)
      return [200, comment]
    })
    return Object.assign(server, { comments })
  }

  const variables = (url: string, summary: string) => ({
    GITHUB_ACTIONS: "true",
    GITHUB_API_URL: url,
    GITHUB_REPOSITORY: "acme/shop",
    GITHUB_REF: "refs/pull/7/merge",
    GITHUB_TOKEN: "ghs_secret",
    GITHUB_STEP_SUMMARY: summary,
  })

  test("gets one comment, which changes with what is found, and a summary of each step", async () => {
    await using server = await github()
    await using project = await testProject({ "1.sql": users, "2.sql": revision("c3", "", "select 1;") })
    const summary = join(project.root, "summary.md")
    const at = { cwd: project.root, env: variables(server.url, summary) }
    const words = ["check", "--only", "heads", "--comment"]
    const first = await lockstep(words, at)
    expect(first).toMatchObject({ exit: 3, stderr: "" })
    expect(server.comments).toHaveLength(121)
    expect(server.comments.at(-1)?.body).toMatch(
      /^<!-- lockstep check -->\n### Migrations: 1 check of \d says no/,
    )
    expect(server.comments.at(-1)?.body).toContain("| ❌ | heads |")
    expect(server.asked.at(-1)?.token).toBe("Bearer ghs_secret")

    await project.remove("migrations/2.sql")
    expect((await lockstep(words, at)).exit).toBe(0)
    expect(server.comments).toHaveLength(121)
    expect(server.comments.at(-1)?.body).toContain("everything holds")
    // What is as it was is not written again.
    const before = server.asked.length
    await lockstep(words, at)
    expect(server.asked.slice(before).map(({ method }) => method)).toEqual(["GET", "GET"])
    const text = await readFile(summary, "utf8")
    expect(text.match(/^### Migrations:/gm)).toHaveLength(3)
  })

  test("of a fork is checked all the same, and the reason is told why there is no comment", async () => {
    await using server = await github({ readsOnly: true })
    await using project = await testProject({ "1.sql": users })
    const env = variables(server.url, join(project.root, "no/folder/summary.md"))
    const words = ["check", "--only", "heads", "--comment"]
    const { exit, stderr } = await lockstep(words, { cwd: project.root, env })
    expect(exit).toBe(0)
    expect(stderr).toContain("GitHub answered 403: Resource not accessible by integration")
    expect(stderr).toContain("pull-requests: write")
    expect(stderr).toContain("step summary: there is no such file")
    expect(stderr).not.toContain("ghs_secret")
    const push = { ...env, GITHUB_EVENT_NAME: "push", GITHUB_STEP_SUMMARY: "" }
    expect(await lockstep(words, { cwd: project.root, env: push })).toMatchObject({ exit: 0, stderr: "" })
    const elsewhere = await lockstep(words, { cwd: project.root })
    expect(elsewhere).toMatchObject({
      exit: 0,
      stderr: expect.stringContaining("GITHUB_REPOSITORY is missing"),
    })
  })
})

test("a webhook is told how a deploy ended, in Slack's Markdown, and not that there was nothing to do", async () => {
  let status = 200
  await using server = await listen(() => [status, "ok"])
  await using db = await testDatabase()
  await using project = await testProject({ "1.sql": users })
  const env = {
    DATABASE_URL: db.url,
    LOCKSTEP_NOTIFY: `${server.url}/services/T0/B0/secret`,
    GITHUB_ACTOR: "ada",
  }
  const at = { cwd: project.root, env }
  expect((await lockstep(["deploy", "--release", "v1"], at)).exit).toBe(0)
  expect((await lockstep(["deploy", "--release", "v1"], at)).exit).toBe(0)
  expect(server.asked).toHaveLength(1)
  expect(server.asked[0]?.body.text).toMatch(
    new RegExp(`^:white_check_mark: \\*lockstep deploy\\* on ${db.name} for v1 by ada\ndeployed`),
  )
  await project.write({ "migrations/2.sql": broken })
  expect((await lockstep(["deploy"], at)).exit).toBe(1)
  expect(server.asked[1]?.body.text).toMatch(
    /^:x: \*lockstep deploy\* ended with 1[\s\S]*nowhere[\s\S]*next: lockstep deploy/,
  )
  status = 500
  const untold = await lockstep(["deploy"], at)
  expect(untold.exit).toBe(1)
  expect(untold.stderr).toContain("warning: webhook of the setting notify: it answered 500")
  expect(untold.stderr).not.toContain("/services/")
  // Or a file, for whatever else carries messages.
  await lockstep(["deploy", "--notify", "message.txt"], at)
  expect(await readFile(join(project.root, "message.txt"), "utf8")).toMatch(/^:x: \*lockstep deploy\*/)
})

/** Registers the real SDK as somebody would with NODE_OPTIONS, and writes what it exports into a file. */
const sdk = `
import { appendFileSync } from "node:fs"
import { metrics } from "@opentelemetry/api"
import { BasicTracerProvider, BatchSpanProcessor } from "@opentelemetry/sdk-trace-base"
import { AggregationTemporality, MeterProvider, PeriodicExportingMetricReader } from "@opentelemetry/sdk-metrics"
import { trace } from "@opentelemetry/api"
const write = (kind, value) => appendFileSync(process.env.EXPORTED, JSON.stringify({ kind, ...value }) + "\\n")
trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [new BatchSpanProcessor({
  export(spans, done) {
    for (const span of spans) write("span", {
      name: span.name, trace: span.spanContext().traceId, id: span.spanContext().spanId,
      parent: span.parentSpanContext?.spanId, attributes: span.attributes, status: span.status,
      ms: span.duration[0] * 1000 + span.duration[1] / 1e6, spanKind: span.kind,
    })
    done({ code: 0 })
  },
  shutdown: async () => {},
})] }))
metrics.setGlobalMeterProvider(new MeterProvider({ readers: [new PeriodicExportingMetricReader({ exporter: {
  export({ scopeMetrics }, done) {
    for (const { descriptor, dataPoints } of scopeMetrics.flatMap(({ metrics }) => metrics))
      for (const { attributes, value } of dataPoints) write("metric", { name: descriptor.name, attributes, value })
    done({ code: 0 })
  },
  forceFlush: async () => {}, shutdown: async () => {},
  selectAggregationTemporality: () => AggregationTemporality.CUMULATIVE,
} })] }))
`

test("OpenTelemetry's own SDK gets spans of the run, its revisions and statements, and metrics", async () => {
  await using db = await testDatabase()
  await using project = await testProject({ "1.sql": users, "2.sql": broken })
  await mkdir(join(project.root, "node_modules"))
  await symlink(
    join(repository, "node_modules/@opentelemetry"),
    join(project.root, "node_modules/@opentelemetry"),
  )
  await writeFile(join(project.root, "sdk.mjs"), sdk)
  const exported = join(project.root, "exported.jsonl")
  const { PATH = "", HOME = "" } = process.env
  const child = spawn(process.execPath, [join(repository, "dist/cli.js"), "deploy", "--release", "v1"], {
    cwd: project.root,
    env: {
      PATH,
      HOME,
      DATABASE_URL: db.url,
      NODE_OPTIONS: "--import=./sdk.mjs",
      EXPORTED: exported,
      TRACEPARENT: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    },
    stdio: ["ignore", "ignore", "pipe"],
  })
  let stderr = ""
  child.stderr.on("data", (data: Buffer) => {
    stderr += data.toString()
  })
  const exit = await new Promise<number | null>((resolve) => child.on("close", resolve))
  expect(exit, stderr).toBe(1)
  const lines = linesOf(await readFile(exported, "utf8"))
  const spans = lines.filter(({ kind }) => kind === "span") as unknown as {
    readonly name: string
    readonly id: string
    readonly parent: string
    readonly trace: string
    readonly attributes: Line
    readonly status: Line
  }[]
  const named = (name: string) => spans.find((span) => span.name === name)
  const root = named("lockstep deploy")
  expect(root).toMatchObject({
    trace: "0af7651916cd43dd8448eb211c80319c",
    parent: "b7ad6b7169203331",
    attributes: {
      "db.system.name": "postgresql",
      "db.namespace": db.name,
      "process.exit.code": 1,
      "error.type": "statement-failed",
    },
    status: { code: 2 },
  })
  expect(named("apply a1")).toMatchObject({ parent: root?.id, status: { code: 0 } })
  expect(named("CREATE")).toMatchObject({
    parent: named("apply a1")?.id,
    attributes: {
      "db.operation.name": "CREATE",
      "db.query.text": "create table users (id int primary key)",
      "code.file.path": "migrations/1.sql",
    },
  })
  expect(named("ALTER")).toMatchObject({
    parent: named("apply b2")?.id,
    attributes: { "db.response.status_code": "42P01", "error.type": "statement-failed" },
    status: { code: 2 },
  })
  const metrics = lines.filter(({ kind }) => kind === "metric").map(({ name }) => name)
  expect(metrics).toEqual(expect.arrayContaining(["lockstep.run.duration", "lockstep.revision.duration"]))
})
