/**
 * `npm run demo`: the main job of Lockstep on a real PostgreSQL, with nothing to install besides this repository.
 * Every command that it shows is run as shown; the server is stopped at the end, the project folder stays.
 */
import { spawnSync } from "node:child_process"
import { cpSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { connect } from "../src/db/node-postgres.ts"
import { parseConnection } from "../src/db/settings.ts"
import { startServer } from "../src/scratch/embedded.ts"

const repository = fileURLToPath(new URL("../", import.meta.url))
const cli = join(repository, "dist/cli.js")
const project = mkdtempSync(join(tmpdir(), "lockstep-demo-"))
const isTerminal = process.stdout.isTTY === true

function say(text: string): void {
  process.stdout.write(`\n${isTerminal ? `\u001b[1m${text}\u001b[22m` : text}\n`)
}

/** Shows a command and runs it in the project; anything but `expected` ends the demo. */
function lockstep(words: readonly string[], expected = 0): void {
  const shown = words.map((word) => (/^[\w@./:=+-]+$/.test(word) ? word : `"${word}"`)).join(" ")
  process.stdout.write(`\n$ lockstep ${shown}\n`)
  const env = { ...process.env, DATABASE_URL: url, NO_UPDATE_NOTIFIER: "1" }
  const { status } = spawnSync(process.execPath, [cli, ...words], {
    cwd: project,
    env,
    stdio: ["ignore", "inherit", "inherit"],
  })
  if (status !== expected) throw new Error(`lockstep ${shown} ended with ${status}, not with ${expected}`)
}

async function run(sql: string): Promise<void> {
  process.stdout.write(`\nshop=# ${sql}\n`)
  const connection = await connect(parseConnection(url, {}))
  const [result] = await connection.run(sql)
  for (const row of result?.rows ?? []) process.stdout.write(`  ${Object.values(row).join(" | ")}\n`)
  await connection.close()
}

function newest(): string {
  const folder = join(project, "migrations")
  return join(folder, readdirSync(folder).sort().at(-1) as string)
}

say("Starting an embedded PostgreSQL ...")
await using server = await startServer({ root: repository })
const admin = await connect(parseConnection(server.url("postgres"), {}))
await admin.run("create database shop")
await admin.close()
const url = server.url("shop")
say(`It runs. The project is in ${project}`)

cpSync(join(repository, "examples/assistants"), project, { recursive: true })
lockstep(["init", "--yes"])

say("1. A folder of reviewed revisions, and an empty database")
lockstep(["status"])
lockstep(["upgrade", "--dry-run"])
lockstep(["upgrade"])
lockstep(["status"])

say("2. The schema changes: users get a phone number")
await run("insert into tenants (name) values ('Acme') returning id, name")
await run(
  "insert into users (tenant_id, email) values (1, 'ada@acme.example') returning tenant_id, id, email",
)
lockstep(["new", "add phone to users", "--phase", "expand"])
const file = newest()
const written = readFileSync(file, "utf8")
const header = written.slice(0, written.indexOf("\n\n"))
writeFileSync(
  file,
  `${header}

alter table users add column phone text;

-- verify
select phone from users limit 0;

-- rollback
alter table users drop column phone;
`,
)
process.stdout.write(`\n$ cat ${file.slice(project.length + 1)}\n${readFileSync(file, "utf8")}`)
lockstep(["upgrade"])
lockstep(["history", "--graph", "--applied"])

say("3. What happened is recorded, and going back is not done blindly")
await run("update users set phone = '+44 20 7946 0000' where id = 1 returning email, phone")
lockstep(["downgrade", "-1"], 4)
lockstep(["history", "--log"])
await run("select id, phase, applied_at::timestamptz(0) from lockstep.applied order by applied_at")

say("On your own database")
process.stdout.write(`
  npm install --save-dev lockstep
  export DATABASE_URL=postgresql://user:password@host:5432/database
  npx lockstep init                  # finds your migrations folder, or makes one
  npx lockstep new "add phone to users"
  npx lockstep upgrade --dry-run     # writes nothing
  npx lockstep upgrade

The demo's project stays in ${project}
`)
