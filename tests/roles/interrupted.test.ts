import { spawn } from "node:child_process"
import { randomBytes } from "node:crypto"
import { once } from "node:events"
import { existsSync } from "node:fs"
import { setTimeout as delay } from "node:timers/promises"
import { fileURLToPath } from "node:url"
import { beforeAll, expect } from "vitest"
import type { Connection } from "../../src/db/connection.ts"
import { applyRoleSetup, planRoleSetup } from "../../src/index.ts"
import { quoteIdentifier as q } from "../../src/sql/identifier.ts"
import { eachMajor } from "../database.ts"
import { testProject } from "../project.ts"
import { startProxy } from "../proxy.ts"

// `npm test` builds the program first.
const program = fileURLToPath(new URL("../../dist/cli.js", import.meta.url))

beforeAll(() => {
  if (!existsSync(program)) throw new Error("dist/cli.js is missing: run npm run build first")
})

/** Waits until another session of this database waits for a lock. */
async function somebodyWaits(watcher: Connection): Promise<void> {
  for (;;) {
    const [waiting] = await watcher.query(
      "select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
    )
    if (waiting !== undefined) return
    await delay(20)
  }
}

eachMajor(
  "roles apply that is killed or cut off half way leaves nothing, and ends right when it is run again",
  async (db) => {
    const suffix = randomBytes(4).toString("hex")
    const model = {
      owner: `Owner ${suffix}`,
      migrator: `Migrator ${suffix}`,
      schemas: ["My App"],
      applications: { [`Api "${suffix}"`]: {} },
      reporting: { [`Report ${suffix}`]: {} },
    }
    // What a transaction sees of other sessions stays as it was, so the one that locks is not the one that looks.
    const [admin, watcher] = [await db.connect(), await db.connect()]
    await using project = await testProject({})
    await project.write({ "lockstep.config.json": JSON.stringify({ url: db.url, roles: model }) })
    await using proxy = await startProxy(db.tcpUrl)
    const direct = { url: db.url, model }
    try {
      await admin.run('create schema "My App"; create table "My App".users (id serial primary key)')
      const { steps } = await planRoleSetup(direct)

      // Roles are made, and the table is about to change its owner.
      await admin.run('begin; lock table "My App".users in share mode')
      const child = spawn(process.execPath, [program, "roles", "apply"], {
        cwd: project.root,
        stdio: "ignore",
      })
      const ended = once(child, "exit")
      await somebodyWaits(watcher)
      child.kill("SIGKILL")
      await ended
      await admin.run("rollback")
      expect(await planRoleSetup(direct)).toMatchObject({ steps })

      for (const when of ["create schema", "owner to", "default privileges", "commit"]) {
        proxy.cutOnce({ when, side: "before" })
        await expect(applyRoleSetup({ url: proxy.url, model })).rejects.toMatchObject({
          code: "connection-lost",
        })
        expect(await planRoleSetup(direct)).toMatchObject({ steps })
      }

      // The server has committed, and nobody was told.
      proxy.cutOnce({ when: "commit", side: "after" })
      await expect(applyRoleSetup({ url: proxy.url, model })).rejects.toMatchObject({
        code: "connection-lost",
      })
      const again = await applyRoleSetup(direct)
      expect(again).toMatchObject({ steps: [] })
      expect(again.audits.map(({ paths }) => paths)).toEqual([[], []])
    } finally {
      await admin.run(`rollback; alter database ${db.name} owner to ${db.server.user}`)
      const applications = [...Object.keys(model.applications), ...Object.keys(model.reporting)]
      const groups = [`${model.owner}_rw`, `${model.owner}_ro`]
      for (const role of [...applications, model.migrator, ...groups, model.owner]) {
        const [found] = await admin.query("select from pg_roles where rolname = $1", [role])
        if (found !== undefined) await admin.run(`drop owned by ${q(role)} cascade; drop role ${q(role)}`)
      }
    }
  },
)
