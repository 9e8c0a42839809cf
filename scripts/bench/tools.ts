import { execFileSync } from "node:child_process"
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import type { EmbeddedServer } from "../../src/scratch/embedded.ts"
import type { Invocation } from "./measure.ts"
import {
  tables,
  writeAlembic,
  writeDbmate,
  writeLockstep,
  writeNodePgMigrate,
  writePsql,
} from "./projects.ts"

/** One program that applies revisions, and how it is asked to. */
export interface Tool {
  readonly name: string
  readonly version: string
  /** Writes a project of so many revisions into an empty folder. */
  readonly write: (root: string, count: number) => void
  /** Applies all that is pending. */
  readonly upgrade: (root: string, database: string) => Invocation
  /** Says where a database stands; absent where the tool cannot. */
  readonly status?: (root: string, database: string) => Invocation
  /** The folder of its cache of a project, where it has one. */
  readonly cache?: (root: string) => string
  /** Says that the revisions are applied, without running them. SQL, or a command of the tool. */
  readonly stamp?: (root: string, database: string, count: number) => string | Invocation
}

export interface Tools {
  readonly lockstep: Tool
  /** Runs what `upgrade --sql` prints: the same statements in the same transactions. */
  readonly psql: Tool | undefined
  /** Applies the same revisions and keeps no history worth the name: the least that anybody can do. */
  readonly barePsql: Tool | undefined
  readonly peers: readonly Tool[]
  /** Names of those that are not installed, with what would bring them. */
  readonly missing: readonly string[]
}

const root = fileURLToPath(new URL("../../", import.meta.url))

/** Finds the tools that this machine has; those from npm are installed into `folder`. */
export function findTools(server: EmbeddedServer, folder: string): Tools {
  const missing: string[] = []
  const found = (name: string, advice: string, tool: Tool | undefined) => {
    if (tool === undefined) missing.push(`${name} (${advice})`)
    return tool
  }
  const npm = installFromNpm(folder)
  const bare = found("psql", "apt-get install postgresql-client", findPsql(server))
  const peers = [
    found("Alembic", "apt-get install alembic python3-psycopg2", findAlembic(server)),
    found("dbmate", "npm install dbmate", npm === undefined ? undefined : findDbmate(server, npm)),
    found(
      "node-pg-migrate",
      "npm install node-pg-migrate pg",
      npm === undefined ? undefined : findNodePgMigrate(server, npm),
    ),
  ]
  return {
    lockstep: lockstep(server),
    psql: bare && { ...bare, name: "psql, same statements", write: writeScript },
    barePsql: bare && { ...bare, name: "psql, bare" },
    peers: peers.filter((tool) => tool !== undefined),
    missing,
  }
}

/** The command line as it is published, from `dist`, with a cache beside the project. */
function lockstep(server: EmbeddedServer): Tool {
  const cache = (project: string) => join(project, "cache")
  const manifest: { version: string } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"))
  const invoke = (command: readonly string[], project: string, database: string): Invocation => ({
    program: process.execPath,
    args: [join(root, "dist/cli.js"), ...command],
    cwd: project,
    env: { DATABASE_URL: server.socketUrl(database), LOCKSTEP_CACHE: cache(project) },
  })
  return {
    name: "lockstep",
    version: manifest.version,
    cache,
    write: writeLockstep,
    upgrade: (project, database) => invoke(["upgrade", "--quiet"], project, database),
    status: (project, database) => invoke(["status", "--check"], project, database),
    stamp: (project, database) => invoke(["stamp", "heads", "--unverified"], project, database),
  }
}

/** Writes what `upgrade --sql` prints into `all.sql`. */
function writeScript(project: string, count: number): void {
  writeLockstep(project, count)
  const script = execFileSync(
    process.execPath,
    [join(root, "dist/cli.js"), "upgrade", "--sql", "base:heads"],
    { cwd: project, env: { ...process.env, LOCKSTEP_CACHE: join(project, "cache") }, maxBuffer: 2 ** 30 },
  )
  writeFileSync(join(project, "all.sql"), script)
}

function findPsql(server: EmbeddedServer): Tool | undefined {
  // Debian's psql is a script around the program of the newest version that is installed.
  const debian = [19, 18, 17, 16, 15, 14]
    .map((major) => `/usr/lib/postgresql/${major}/bin/psql`)
    .find(existsSync)
  const program = debian ?? "psql"
  const version = versionOf(program, ["--version"])
  if (version === undefined) return undefined
  return {
    name: "psql",
    version,
    write: writePsql,
    upgrade: (project, database) => ({
      program,
      args: ["--no-psqlrc", "--quiet", "--file", join(project, "all.sql"), server.socketUrl(database)],
    }),
  }
}

function findAlembic(server: EmbeddedServer): Tool | undefined {
  const program = "/usr/bin/alembic"
  const version = versionOf("/usr/bin/python3", [
    "-c",
    "import alembic, psycopg2; print(alembic.__version__)",
  ])
  if (version === undefined) return undefined
  const invoke = (args: readonly string[], project: string, database: string): Invocation => ({
    program,
    args,
    cwd: project,
    env: { BENCH_URL: server.socketUrl(database) },
  })
  return {
    name: "Alembic",
    version,
    write: writeAlembic,
    upgrade: (project, database) => invoke(["upgrade", "head"], project, database),
    status: (project, database) => invoke(["current"], project, database),
    stamp: (_, __, count) =>
      `create table alembic_version (version_num varchar(32) primary key); insert into alembic_version values ('${[...tables(count)].at(-1)?.id}')`,
  }
}

function findDbmate(server: EmbeddedServer, bin: string): Tool | undefined {
  const program = join(bin, "dbmate")
  const version = installedVersion(bin, "dbmate")
  if (version === undefined) return undefined
  const invoke = (command: string, project: string, database: string): Invocation => ({
    program,
    args: ["--no-dump-schema", "--migrations-dir", "migrations", command],
    cwd: project,
    env: { DATABASE_URL: `${server.url(database)}?sslmode=disable` },
  })
  return {
    name: "dbmate",
    version,
    write: writeDbmate,
    upgrade: (project, database) => invoke("migrate", project, database),
    status: (project, database) => invoke("status", project, database),
    stamp: (_, __, count) =>
      `create table schema_migrations (version varchar primary key); insert into schema_migrations select '202401' || lpad(n::text, 5, '0') from generate_series(1, ${count}) n`,
  }
}

function findNodePgMigrate(server: EmbeddedServer, bin: string): Tool | undefined {
  const program = join(bin, "node-pg-migrate")
  const version = installedVersion(bin, "node-pg-migrate")
  if (version === undefined) return undefined
  return {
    name: "node-pg-migrate",
    version,
    write: writeNodePgMigrate,
    upgrade: (project, database) => ({
      program,
      args: ["up", "--no-single-transaction", "--migrations-dir", "migrations"],
      cwd: project,
      env: { DATABASE_URL: server.url(database) },
    }),
  }
}

function versionOf(program: string, args: readonly string[]): string | undefined {
  try {
    const output = execFileSync(program, args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] })
    return /\d+(?:\.\d+)+/.exec(output)?.[0]
  } catch {
    return undefined
  }
}

function installedVersion(bin: string, name: string): string | undefined {
  try {
    const manifest: { version: string } = JSON.parse(
      readFileSync(join(bin, "..", name, "package.json"), "utf8"),
    )
    return manifest.version
  } catch {
    return undefined
  }
}

/** Returns the folder of the programs; undefined where the registry cannot be reached. Installed once. */
function installFromNpm(folder: string): string | undefined {
  const bin = join(folder, "npm/node_modules/.bin")
  if (existsSync(join(bin, "dbmate"))) return bin
  mkdirSync(join(folder, "npm"), { recursive: true })
  writeFileSync(join(folder, "npm/package.json"), JSON.stringify({ private: true }))
  try {
    const packages = ["dbmate@2", "node-pg-migrate@9", "pg@8"]
    execFileSync("npm", ["install", "--no-audit", "--no-fund", "--loglevel", "error", ...packages], {
      cwd: join(folder, "npm"),
      stdio: "ignore",
      timeout: 60_000,
    })
  } catch {}
  return existsSync(bin) ? bin : undefined
}
