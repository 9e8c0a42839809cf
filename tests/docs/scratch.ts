import { spawn } from "node:child_process"
import { existsSync, readdirSync } from "node:fs"
import { cp, mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises"
import { hostname, tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { main } from "../../src/cli/main.ts"
import { type TestDatabase, testDatabase } from "../database.ts"

const repository = fileURLToPath(new URL("../../", import.meta.url))

/** What a reader has in front of them: a project's folder, an empty database called `shop`, a shell. */
export interface Scratch extends AsyncDisposable {
  /** Variables of the shell. */
  readonly env: Record<string, string>
  write(path: string, text: string): Promise<void>
  move(from: string, to: string): Promise<void>
  remove(path: string): Promise<void>
  /** Runs `lockstep` and returns what a terminal would show, in the words of the page. */
  lockstep(
    words: readonly string[],
  ): Promise<{ readonly exit: number; readonly stdout: string; readonly shown: string }>
  /** Runs SQL as the database's owner; `name` is one that `addDatabase` made. */
  run(sql: string, name?: string): Promise<void>
  /** From now on the tests' own server stands for the embedded one, which saves starting it for every command. */
  shareServer(): void
  /** Makes a further database, of another server as it were, at the address `<NAME>_DATABASE_URL`. */
  addDatabase(name: string): Promise<void>
}

/** Commands that take `--scratch`, and so may be given another server than the embedded one. */
const takesScratch: ReadonlySet<string> = new Set([
  "adopt",
  "check",
  "doctor",
  "drift",
  "generate",
  "plan",
  "repair",
  "snapshot",
  "stamp",
])

/** @param project a folder of the repository to start from, or `none` */
export async function scratchProject(project: string): Promise<Scratch> {
  const root = await mkdtemp(join(tmpdir(), "lockstep-docs-"))
  if (project !== "none") await cp(join(repository, project), root, { recursive: true })
  const db = await testDatabase()
  const application = await db.role()
  const env = {
    GITHUB_ACTOR: "ada",
    // A page shows what a terminal does.
    LOCKSTEP_LOG_FORMAT: "text",
    DATABASE_URL: db.url,
    APP_DATABASE_URL: db.urlOf(application),
    STAGING_DATABASE_URL: db.url,
    PROD_DATABASE_URL: db.url,
  }
  const others = new Map<string, TestDatabase>()
  const real = (text: string) => text.replaceAll("shop_app", application)
  let shared: readonly string[] = []
  return {
    env,
    shareServer: () => {
      shared = ["--scratch", db.server.url]
    },
    write: async (path, text) => {
      await mkdir(dirname(join(root, path)), { recursive: true })
      await writeFile(join(root, path), real(text))
    },
    remove: (path) => rm(join(root, path)),
    move: (from, to) => rename(join(root, from), join(root, to)),
    lockstep: async (words) => {
      const run = hasProgram(join(root, "migrations")) ? inOneOfItsOwn : inThisProcess
      const { exit, stdout, shown } = await run(
        [...words.map(real), ...(takesScratch.has(words[0] ?? "") ? shared : [])],
        root,
        env,
      )
      return { exit, stdout, shown: inWordsOfPage(shown, [db, ...others.values()], application) }
    },
    run: async (sql, name) => {
      const connection = await (name === undefined ? db : databaseOf(others, name)).connect()
      await connection.run(real(sql))
      await connection.close()
    },
    addDatabase: async (name) => {
      const other = await testDatabase()
      others.set(name, other)
      Object.assign(env, { [`${name.toUpperCase()}_DATABASE_URL`]: other.url })
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.all([db, ...others.values()].map((each) => each.drop()))
      await rm(root, { recursive: true })
    },
  }
}

function hasProgram(folder: string): boolean {
  return existsSync(folder) && readdirSync(folder).some((name) => name.endsWith(".ts"))
}

function databaseOf(others: ReadonlyMap<string, TestDatabase>, name: string): TestDatabase {
  const found = others.get(name)
  if (found === undefined) throw new Error(`no remark "database: ${name}" stands before`)
  return found
}

function inWordsOfPage(text: string, databases: readonly TestDatabase[], application: string): string {
  return databases
    .reduce((done, { name }) => done.replaceAll(name, "shop"), text)
    .replaceAll(application, "shop_app")
    .replaceAll(`ada@${hostname()}`, "ada@laptop")
    .trimEnd()
}

type Ending = (
  words: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>>,
) => Promise<{ readonly exit: number; readonly stdout: string; readonly shown: string }>

const inThisProcess: Ending = async (words, cwd, env) => {
  let stdout = ""
  let shown = ""
  const show = (text: string) => {
    shown += text
  }
  const exit = await main(words, {
    stdin: {},
    stdout: {
      write: (text) => {
        stdout += text
        show(text)
      },
    },
    stderr: { write: show },
    env: { ...env },
    cwd,
    signal: new AbortController().signal,
  })
  return { exit, stdout, shown }
}

const program = join(repository, "dist/cli.js")

/** A TypeScript revision imports Lockstep, and of the sources that takes seconds. `npm test` builds the program first. */
const inOneOfItsOwn: Ending = async (words, cwd, env) => {
  const child = spawn(process.execPath, [program, ...words], { cwd, env, stdio: ["ignore", "pipe", "pipe"] })
  let stdout = ""
  let shown = ""
  child.stdout.on("data", (data: Buffer) => {
    stdout += data.toString()
    shown += data.toString()
  })
  child.stderr.on("data", (data: Buffer) => {
    shown += data.toString()
  })
  const exit = await new Promise<number>((resolve) => child.on("close", (code) => resolve(code ?? -1)))
  return { exit, stdout, shown }
}
