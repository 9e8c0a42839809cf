import { readFile, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { describe, expect, test } from "vitest"
import { testDatabase } from "../database.ts"
import { revision, testProject } from "../project.ts"
import { lockstep } from "./lockstep.ts"
import { checkedJson } from "./schemas.ts"

interface Written {
  readonly id: string
  readonly parents: readonly string[]
  readonly files: readonly { readonly path: string; readonly content: string }[]
}

/** Runs a command that writes one revision, and returns what it wrote. */
async function written(cwd: string, ...words: string[]): Promise<Written> {
  const { stdout, stderr, exit } = await lockstep([...words, "--json"], { cwd })
  expect({ stderr, exit }).toEqual({ stderr: "", exit: 0 })
  return checkedJson(words[0] ?? "", stdout).result as unknown as Written
}

describe("new", () => {
  test("writes a file that follows the head, and prints its path", async () => {
    await using project = await testProject({ "1_a.sql": revision("a1", "", "select 1;") })
    const { stdout } = await lockstep(["new", "add", "phone", "to", "users"], { cwd: project.root })
    expect(stdout).toMatch(/^migrations\/\d{14}_add_phone_to_users\.sql\n$/)
    const text = await readFile(join(project.root, stdout.trim()), "utf8")
    expect(text).toContain("-- parent: a1\n")
    expect(text).toContain("-- why: add phone to users\n")
    expect((await lockstep(["heads"], { cwd: project.root })).stdout).toContain("add phone to users")
  })

  test("several at once take a number each, and follow one another", async () => {
    await using project = await testProject({})
    const env = { LOCKSTEP_NAMES_ID: "sequence", LOCKSTEP_NAMES_FILE: "{sequence}_{slug}" }
    const titles = ["one", "two", "three", "four"]
    await Promise.all(titles.map((title) => lockstep(["new", title], { cwd: project.root, env })))
    const { stdout } = await lockstep(["history", "--json"], { cwd: project.root, env })
    const { revisions } = checkedJson("history", stdout).result as {
      revisions: readonly { id: string; parents: readonly string[] }[]
    }
    const links = revisions.map(({ id, parents }) => [...parents, id].join(" "))
    expect(links.sort()).toEqual(["0001", "0001 0002", "0002 0003", "0003 0004"])
  })

  test("takes every fact of the header from options", async () => {
    await using project = await testProject({
      "1_a.sql": revision("a1", "", "select 1;"),
      "2_b.sql": revision("b2", "a1", "select 1;"),
    })
    const words = [
      "new",
      "-m",
      "billing",
      "--id",
      "c3",
      "--parent",
      "a1",
      "--branch",
      "pay",
      "--depends-on",
      "b2",
    ]
    const more = [
      "--phase",
      "expand",
      "--why",
      "invoices",
      "--author",
      "ada",
      "--number",
      "1.2.0",
      "--no-transaction",
    ]
    const { files, parents } = await written(
      project.root,
      ...words,
      ...more,
      "--no-rollback",
      "nothing to undo",
    )
    expect(parents).toEqual(["a1"])
    for (const line of [
      "revision: c3",
      "branch: pay",
      "depends-on: b2",
      "phase: expand",
      "why: invoices",
      "author: ada",
      "version: 1.2.0",
      "transaction: none",
      "rollback: none because nothing to undo",
    ])
      expect(files[0]?.content).toContain(`-- ${line}\n`)
  })

  test("uses the configured names, and a template that an option or the setting names", async () => {
    await using project = await testProject({
      "../lockstep.config.json": JSON.stringify({
        names: { file: "{id}-{slug}", id: "sequence" },
        revisionTemplate: "house.sql",
      }),
      "../house.sql": "{header}\n\n-- ticket:\n",
      "../other.sql": "-- other\n",
    })
    const first = await written(project.root, "new", "one")
    expect(first.files[0]?.path).toBe("migrations/0001-one.sql")
    expect(first.files[0]?.content).toMatch(/^-- revision: 0001\n[\s\S]*-- ticket:\n$/)
    const second = await written(project.root, "new", "two", "--template", "other.sql")
    expect(second.files[0]?.content).toMatch(/-- parent: 0001\n[\s\S]*-- other\n$/)
    const third = await written(project.root, "new", "three", "--ts")
    expect(third.files[0]?.path).toBe("migrations/0003-three.ts")
    expect(third.files[0]?.content).toContain("export default defineRevision")
  })

  test("writes nothing with --dry-run, and opens the editor with --edit", async () => {
    await using project = await testProject({})
    const dry = await lockstep(["new", "one", "--dry-run"], { cwd: project.root })
    expect(dry.stdout).toContain("-- revision: ")
    expect((await lockstep(["heads"], { cwd: project.root })).stdout).toBe("no revisions\n")
    const env = { PATH: process.env.PATH, EDITOR: "sed -i s/one/ONE/" }
    const { stdout } = await lockstep(["new", "one", "--edit"], { cwd: project.root, env })
    expect(await readFile(join(project.root, stdout.trim()), "utf8")).toContain("-- why: ONE\n")
  })

  test.each([
    ["no title", ["new"], "wrong-operands", 2],
    ["two titles", ["new", "a", "-m", "b"], "wrong-operands", 2],
    ["two heads and none named", ["new", "c"], "multiple-heads", 4],
    ["a head that is none", ["new", "c", "--head", "a1"], "invalid-option", 2],
    [
      "a branch label that does not follow the rule",
      ["new", "c", "--parent", "a1", "--branch", "1 2"],
      "invalid-branch-label",
      2,
    ],
    [
      "a template that is not there",
      ["new", "c", "--parent", "a1", "--template", "gone.sql"],
      "unreadable-file",
      2,
    ],
  ])("refuses %s", async (_, words, code, exitCode) => {
    await using project = await testProject({
      "1_a.sql": revision("a1", "", "select 1;"),
      "2_b.sql": revision("b2", "a1", "select 1;"),
      "2_c.sql": revision("c2", "a1", "select 1;"),
    })
    const { exit, stderr } = await lockstep(words, { cwd: project.root })
    expect(exit).toBe(exitCode)
    expect(stderr).toContain(`[${code}]`)
  })
})

const met = {
  "1_a.sql": revision("a1", "", "create table a ();"),
  "2_b.sql": revision("b2", "a1", "create table b ();"),
  "2_c.sql": revision("c2", "a1", "create table c ();"),
}

describe("two pull requests that met", () => {
  test("merge joins the heads", async () => {
    await using project = await testProject(met)
    expect((await lockstep(["heads", "--check"], { cwd: project.root })).exit).toBe(3)
    const { parents } = await written(project.root, "merge", "-m", "join b and c")
    expect([...parents].sort()).toEqual(["b2", "c2"])
    expect((await lockstep(["heads", "--check"], { cwd: project.root })).exit).toBe(0)
    expect((await lockstep(["merge"], { cwd: project.root })).exit).toBe(2)
  })

  test("rebase puts the pending one behind the applied one", async () => {
    await using db = await testDatabase()
    await using project = await testProject(met)
    const at = { cwd: project.root, env: { DATABASE_URL: db.url } }
    expect((await lockstep(["upgrade", "b2"], at)).exit).toBe(0)
    const applied = await lockstep(["rebase", "b2"], at)
    expect(applied.exit).toBe(3)
    expect(applied.stderr).toContain("[revision-applied]")
    const dry = await lockstep(["rebase", "c2", "--dry-run"], at)
    expect(dry.stdout).toBe("c2 would follow b2: migrations/2_c.sql\n")
    const rebased = await lockstep(["rebase", "c2", "--json"], at)
    expect(checkedJson("rebase", rebased.stdout)).toMatchObject({
      result: { rebased: [{ id: "c2", parents: ["b2"] }] },
    })
    expect((await lockstep(["upgrade"], at)).exit).toBe(0)
  })

  test("rebase without a database, onto a named revision", async () => {
    await using project = await testProject(met)
    const { stdout } = await lockstep(["rebase", "b2", "--onto", "c2", "--offline"], { cwd: project.root })
    expect(stdout).toBe("b2 now follows c2: migrations/2_b.sql\n")
  })
})

describe("revert", () => {
  test("writes a revision that does what the rollback section says", async () => {
    await using project = await testProject({
      "1_a.sql": revision("a1", "", "create table a ();\n\n-- rollback\ndrop table a;"),
      "2_b.sql": revision("b2", "a1", "create table b ();"),
    })
    const { files, parents } = await written(project.root, "revert", "a1")
    expect(parents).toEqual(["b2"])
    expect(files[0]?.content).toMatch(/drop table a;[\s\S]*-- rollback\n[\s\S]*create table a \(\);/)
    await writeFile(join(project.root, files[0]?.path ?? ""), files[0]?.content ?? "")
    const empty = await lockstep(["revert", "b2", "-m", "take b back"], { cwd: project.root })
    expect(empty.stdout).toContain("b2 has no rollback section: write there what undoes it")
    expect(empty.stdout).toContain("take_b_back")
  })
})
