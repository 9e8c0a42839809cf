import { execFileSync } from "node:child_process"
import { readFile } from "node:fs/promises"
import { join } from "node:path"
import { expect, test } from "vitest"
import { lockstep } from "../cli/lockstep.ts"
import { checkedJson } from "../cli/schemas.ts"
import { revision, testProject } from "../project.ts"

const files = {
  "a.sql": revision("aaaa", "", "create table a ();", "-- phase: expand"),
  "b.sql": revision("bbbb", "aaaa", "create table b ();", "-- phase: expand"),
}

test("an image build writes a bundle, and fails where files are missing", async () => {
  await using project = await testProject(files)
  const at = { cwd: project.root }
  await project.write({ "queries.sql": "select 1;\n" })
  const written = await lockstep(["bundle", "--queries", "queries.sql", "--json"], at)
  const { result } = checkedJson("bundle", written.stdout) as { result: { file: string; manifest: object } }
  expect(result.file).toBe("lockstep.bundle.json")
  expect(result.manifest).toMatchObject({
    v: 1,
    digest: expect.stringMatching(/^[0-9a-f]{64}$/),
    heads: ["bbbb"],
    revisions: [
      { id: "aaaa", file: "migrations/a.sql", parents: [], phase: "expand" },
      { id: "bbbb", parents: ["aaaa"], checksum: expect.stringMatching(/^[0-9a-f]{64}$/) },
    ],
    queries: [{ file: "queries.sql" }],
  })
  const text = await readFile(join(project.root, "lockstep.bundle.json"), "utf8")
  expect(JSON.parse(text)).toEqual(result.manifest)

  const whole = await lockstep(["bundle", "--verify"], at)
  expect(whole.exit).toBe(0)
  expect(whole.stdout).toContain("complete: lockstep.bundle.json, 2 revisions, head bbbb")

  await project.remove("migrations/b.sql")
  await project.remove("queries.sql")
  await project.write({ "migrations/c.sql": revision("cccc", "aaaa", "create table c ();") })
  const torn = await lockstep(["bundle", "--verify"], at)
  expect(torn.exit).toBe(3)
  expect(torn.stderr).toContain("[bundle-mismatch]")
  expect(torn.stderr).toContain("missing here: bbbb (migrations/b.sql)")
  expect(torn.stderr).toContain("not in the bundle: cccc (migrations/c.sql)")
  expect(torn.stderr).toContain("missing here: queries.sql")
  expect(await readFile(join(project.root, "lockstep.bundle.json"), "utf8")).toBe(text)

  await project.write({ "lockstep.bundle.json": "{}" })
  expect((await lockstep(["bundle", "--verify"], at)).stderr).toContain("[bundle-unreadable]")
  expect((await lockstep(["bundle", "--verify", "--out", "none.json"], at)).exit).toBe(2)
})

test("hash is a flat object of texts that only the meaning of the revisions changes", async () => {
  await using project = await testProject(files)
  const hash = async () => JSON.parse((await lockstep(["hash"], { cwd: project.root })).stdout)
  const first = await hash()
  expect(Object.values(first).every((value) => typeof value === "string")).toBe(true)
  expect(first).toMatchObject({
    digest: expect.stringMatching(/^[0-9a-f]{64}$/),
    revisions: "2",
    heads: "bbbb",
  })

  await project.write({
    "migrations/README.md": "read me",
    "migrations/a.sql": revision("aaaa", "", "create table a ( );\n-- a comment", "-- phase: expand"),
  })
  expect(await hash()).toEqual(first)
  await project.write({
    "migrations/b.sql": revision("bbbb", "aaaa", "create table b ();", "-- phase: contract"),
  })
  expect((await hash()).digest).not.toBe(first.digest)
  await project.write({
    "migrations/b.sql": revision("bbbb", "aaaa", "create table c ();", "-- phase: expand"),
  })
  expect((await hash()).digest).not.toBe(first.digest)
})

test("several databases have a digest each, and changed names those that a branch touches", async () => {
  await using project = await testProject({})
  const one = revision("aaaa", "", "create table a ();")
  await project.write({
    "lockstep.config.json": JSON.stringify({ databases: { orion: {}, nebula: {} } }),
    "migrations/orion/a.sql": one,
    "migrations/nebula/a.sql": revision("bbbb", "", "create table b ();"),
  })
  const at = { cwd: project.root }
  const { stdout } = await lockstep(["hash"], at)
  const both = JSON.parse(stdout)
  expect(Object.keys(both).sort()).toEqual(["digest", "heads", "nebula", "orion", "revisions"])
  expect(JSON.parse((await lockstep(["hash", "-D", "orion"], at)).stdout).digest).toBe(both.orion)
  expect((await lockstep(["bundle"], at)).stdout).toContain("2 revisions of 2 databases")
  expect((await lockstep(["bundle", "--verify"], at)).exit).toBe(0)

  const git = (...words: string[]) =>
    execFileSync("git", ["-c", "user.name=t", "-c", "user.email=t@example.com", ...words], {
      cwd: project.root,
    })
  expect((await lockstep(["changed", "--since", "main"], at)).stderr).toContain("[git-failed]")
  git("init", "-q", "-b", "main")
  git("add", ".")
  git("commit", "-qm", "first")
  const nothing = await lockstep(["changed", "--since", "main", "--json"], at)
  expect(checkedJson("changed", nothing.stdout)).toMatchObject({ result: { changed: false, databases: [] } })

  await project.write({
    "migrations/orion/a.sql": `${one}\n-- only a comment\n`,
    "migrations/nebula/b.sql": revision("cccc", "bbbb", "create table c ();"),
    "migrations/nebula/README.md": "new",
  })
  const env = { GITHUB_OUTPUT: join(project.root, "output") }
  const some = await lockstep(["changed", "--since", "HEAD"], { ...at, env })
  expect(some).toMatchObject({ exit: 0, stdout: "nebula\n  added  migrations/nebula/b.sql\n" })
  expect(await readFile(env.GITHUB_OUTPUT, "utf8")).toBe(
    'changed=true\ndatabases=["nebula"]\norion=false\nnebula=true\n',
  )

  git("add", ".")
  git("commit", "-qm", "second")
  git("checkout", "-q", "-b", "topic", "HEAD~1")
  const older = await lockstep(["changed", "--since", "main"], at)
  expect(older.stdout).toBe("nothing has changed\n")
  expect((await lockstep(["changed", "--since", "nowhere"], at)).stderr).toContain("[unknown-git-ref]")
  expect((await lockstep(["changed"], at)).exit).toBe(2)
})
