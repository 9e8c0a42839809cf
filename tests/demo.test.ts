import { execFile } from "node:child_process"
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { expect, test } from "vitest"
import { isShown } from "./docs/placeholders.ts"

const repository = fileURLToPath(new URL("../", import.meta.url))

// `npm run demo` builds first; `npm test` does too.
test("the demo does the main job from beginning to end, as a reader sees it", {
  timeout: 300_000,
}, async () => {
  if (!existsSync(join(repository, "dist/cli.js"))) throw new Error("dist/cli.js is missing: npm run build")
  const temporary = mkdtempSync(join(tmpdir(), "lockstep-demo-test-"))
  try {
    const { PATH = "", HOME = "" } = process.env
    const { stdout, stderr } = await promisify(execFile)(
      process.execPath,
      [join(repository, "node_modules/jiti/lib/jiti-cli.mjs"), "scripts/demo.ts"],
      // Nothing of whoever runs the tests reaches the demo's database or its output.
      { cwd: repository, env: { PATH, HOME, TMPDIR: temporary, NO_COLOR: "1" } },
    )
    expect(isShown(`...\n${parts.join("\n...\n")}\n...`, stdout), stdout).toBe(true)
    // What the commands themselves say of their progress and their errors.
    expect(stderr).toContain("✓ 7ae4f3b9120c applied")
    expect(stderr).toContain(
      "the downgrade would lose data [data-loss]\n  column public.users.phone: 1 row with a value",
    )
    expect(projectsIn(temporary)).toHaveLength(1)
  } finally {
    rmSync(temporary, { recursive: true, force: true })
  }
})

/** In this order, with more in between. */
const parts = [
  `$ lockstep init --yes
wrote  lockstep.config.json`,
  `$ lockstep status
database  shop, PostgreSQL 18.4, as postgres
applied   nothing yet: Lockstep has never written to this database
pending   4`,
  "4 revisions would be applied to shop; nothing was written",
  `$ lockstep upgrade
done: 4 revisions applied in 100ms, shop is at 7ae4f3b9120c`,
  `shop=# insert into tenants (name) values ('Acme') returning id, name
  1 | Acme`,
  '$ lockstep new "add phone to users" --phase expand',
  "$ lockstep history --graph --applied",
  "$ lockstep downgrade -1",
  "$ lockstep history --log",
  "  npx lockstep upgrade --dry-run     # writes nothing",
]

function projectsIn(folder: string): string[] {
  return readdirSync(folder).filter((name) => name.startsWith("lockstep-demo-"))
}
