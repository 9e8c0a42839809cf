import {
  existsSync,
  lstatSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs"
import { join } from "node:path"
import { describe, expect, test } from "vitest"
import { ToolError } from "../diagnostic.ts"
import { readFolder } from "./folder.ts"
import { readScript } from "./script.ts"
import { temporaryFolder } from "./temporary-folder.ts"
import { mergeRevision, type NewRevisionOptions, newRevision, rebaseRevision } from "./write.ts"

type Files = Readonly<Record<string, string>>

const chance = () => {
  let next = 0
  return (count: number) => new Uint8Array(count).fill(++next)
}

async function project(files: Files) {
  const root = temporaryFolder(files)
  const options = { root, cache: false as const, now: new Date("2026-03-04T05:06:07Z"), random: chance() }
  return { root, options, folder: await readFolder(options) }
}

async function add(files: Files, more: Partial<NewRevisionOptions> = {}) {
  const { root, options, folder } = await project(files)
  const written = newRevision(folder, { title: "Add phone to users", ...options, ...more })
  return { root, written, after: await readFolder(options) }
}

async function failure(files: Files, more: Partial<NewRevisionOptions> = {}): Promise<string> {
  return add(files, more).then(
    () => "no error",
    (error: unknown) => (error instanceof ToolError ? `${error.code}: ${error.message}` : String(error)),
  )
}

const native = (id: string, ...parents: string[]) =>
  `-- revision: ${id}\n-- parent: ${parents.join(", ")}\nselect 1;\n`
const fork = { "a.sql": native("aaaa"), "b.sql": native("bbbb", "aaaa"), "c.sql": native("cccc", "aaaa") }

describe("a new revision", () => {
  test("of an empty folder is a base, with places for everything", async () => {
    const { written } = await add({})
    expect(written).toEqual({
      id: "010101010101",
      title: "Add phone to users",
      parents: [],
      files: [
        {
          path: "migrations/20260304050607_add_phone_to_users.sql",
          content: `-- revision: 010101010101
-- created: 2026-03-04T05:06:07Z
-- why: Add phone to users



-- rollback
`,
        },
      ],
    })
  })

  test("follows the head, and says all that it was told", async () => {
    const { written, after, root } = await add(
      { "a.sql": native("aaaa") },
      {
        labels: ["pay"],
        dependsOn: ["aaaa"],
        phase: "expand",
        author: "Ada",
        why: "first line\nsecond line",
        accepts: [{ rule: "some-rule", because: "small table" }],
        up: "alter table users add phone text;",
        verify: "select phone from users limit 0;",
        rollback: "alter table users drop phone;",
      },
    )
    expect(readFileSync(join(root, written.files[0]?.path ?? ""), "utf8")).toBe(`-- revision: 010101010101
-- parent: aaaa
-- branch: pay
-- depends-on: aaaa
-- phase: expand
-- author: Ada
-- created: 2026-03-04T05:06:07Z
-- why: first line
--   second line
-- accept: some-rule because small table

alter table users add phone text;

-- verify
select phone from users limit 0;

-- rollback
alter table users drop phone;
`)
    expect(after.heads[0]).toMatchObject({
      id: written.id,
      parents: ["aaaa"],
      rollback: "sql",
      why: "first line second line",
    })
  })

  test("in TypeScript", async () => {
    const { written, after } = await add(
      { "a.sql": native("aaaa") },
      { language: "typescript", noRollback: "it is data" },
    )
    expect(written.files[0]).toEqual({
      path: "migrations/20260304050607_add_phone_to_users.ts",
      content: `// revision: 010101010101
// parent: aaaa
// created: 2026-03-04T05:06:07Z
// why: Add phone to users
// rollback: none because it is data

import { defineRevision } from "lockstep"

export default defineRevision({
  async *up({ sql }) {
    yield sql\`select 1\`
  },
})
`,
    })
    expect(after.heads[0]).toMatchObject({ language: "typescript", rollback: "none" })
  })

  test("from a template", async () => {
    const template = "-- House style, {created}\n{header}\n-- {title}\nset search_path = '{}';\n"
    const { written } = await add({}, { template, id: "first" })
    expect(written.files[0]?.content).toBe(
      "-- House style, 2026-03-04T05:06:07Z\n-- revision: first\n-- created: 2026-03-04T05:06:07Z\n-- why: Add phone to users\n-- Add phone to users\nset search_path = '{}';\n",
    )
    expect((await add({}, { template: "select 1;", id: "x" })).after.heads[0]?.id).toBe("x")
  })

  test("is only computed where that is asked", async () => {
    const { root, written } = await add({}, { write: false })
    expect(existsSync(join(root, written.files[0]?.path ?? ""))).toBe(false)
  })

  test.each([
    [{}, "20260304050607_add_phone_to_users"],
    [{ file: "{sequence}-{slug}" }, "0001-add_phone_to_users"],
    [{ file: "{yyyy}-{MM}-{dd}_{id}_{slug}", slugLength: 10 }, "2026-03-04_010101010101_add_phone"],
    [{ file: "{epoch}_{HH}{mm}{ss}", timezone: "Asia/Kolkata" }, "1772600767_103607"],
  ])("has a file name as configured: %j", async (names, expected) => {
    expect((await add({}, { names })).written.files[0]?.path).toBe(`migrations/${expected}.sql`)
  })

  test.each([
    ["hex" as const, "010101010101"],
    ["timestamp" as const, "20260304050607"],
    ["sequence" as const, "0008"],
  ])("has an id as configured: %s", async (id, expected) => {
    expect((await add({ "0007_x.sql": native("0007") }, { names: { id } })).written.id).toBe(expected)
  })

  test("takes another id where the first is taken", async () => {
    expect((await add({ "a.sql": native("010101010101") })).written.id).toBe("020202020202")
    const names = { id: "timestamp" as const }
    expect((await add({ "a.sql": native("20260304050607") }, { names })).written.id).toBe("20260304050608")
  })

  test.each([
    ["Größe & Übergang", "große_ubergang"],
    ["don't", "dont"],
    ["用户 表", "用户_表"],
    ["!!!", "revision"],
    ["Supercalifragilisticexpialidociousandmuchmore words", "supercalifragilisticexpialidociousandmuc"],
  ])("has a slug of its title: %s", async (title, slug) => {
    const { written } = await add({}, { title, names: { file: "{slug}" } })
    expect(written.files[0]?.path).toBe(`migrations/${slug}.sql`)
  })
})

describe("what must not be written is refused", () => {
  test.each([
    ["several heads", fork, {}, "multiple-heads: the revision graph has 2 heads"],
    ["an unknown parent", fork, { parents: ["zzzz"] }, "unknown-revision: no revision is called zzzz"],
    [
      "an unknown dependency",
      { "a.sql": native("aaaa") },
      { dependsOn: ["zzzz"] },
      "unknown-dependency: zzzz is neither a revision nor a branch label",
    ],
    [
      "an id that is taken",
      { "a.sql": native("aaaa") },
      { id: "aaaa" },
      "duplicate-revision: there is a revision aaaa already",
    ],
    [
      "an id against the pattern",
      {},
      { id: "x", names: { idPattern: "[0-9]+" } },
      "invalid-revision-id: the revision id x does not match the pattern [0-9]+",
    ],
    ["a reserved id", {}, { id: "head" }, "invalid-revision-id: the revision id head is a reserved word"],
    [
      "a label against the pattern",
      {},
      { labels: ["two words"] },
      "invalid-branch-label: the branch label two words does not match the pattern [A-Za-z_][A-Za-z0-9_./-]{0,127}",
    ],
    [
      "a label that is taken",
      { "a.sql": "-- revision: aaaa\n-- branch: pay\n" },
      { labels: ["pay"] },
      "duplicate-branch-label: the label pay is taken by aaaa (a)",
    ],
    [
      "a file that is there",
      { "same.sql": native("aaaa") },
      { names: { file: "same" } },
      "file-exists: migrations/same.sql is there already",
    ],
    [
      "an unknown token",
      {},
      { names: { file: "{year}" } },
      "invalid-config: {year} is no token of a file name",
    ],
    [
      "a file name with a folder",
      {},
      { names: { file: "x/{slug}" } },
      'invalid-config: "x/add_phone_to_users" is no name for a file',
    ],
    [
      "an unknown time zone",
      {},
      { names: { timezone: "Mars/Base" } },
      "invalid-config: there is no time zone Mars/Base",
    ],
  ])("%s", async (_, files, more, expected) => {
    expect(await failure(files as Files, more)).toBe(expected)
  })
})

describe("in a folder of another tool a new file is like the others", () => {
  const paths = (written: { files: readonly { path: string }[] }) =>
    written.files.map(({ path }) => path.replace("migrations/", ""))

  test.each([
    [["0008_a.sql", "0009_b.sql"], ["0010_add_phone_to_users.sql"]],
    [["9-a.sql"], ["10-add-phone-to-users.sql"]],
    [["20250101000000_a.sql"], ["20260304050607_add_phone_to_users.sql"]],
    [["20990101000000_a.sql"], ["20990101000001_add_phone_to_users.sql"]],
    [["20250101_a.sql"], ["20260304_add_phone_to_users.sql"]],
    [["1712345678901_a.sql"], ["1772600767000_add_phone_to_users.sql"]],
    [["2025-01-01T00-00_a.sql"], ["2026-03-04T05-06_add_phone_to_users.sql"]],
    [
      ["001_a.up.sql", "001_a.down.sql"],
      ["002_add_phone_to_users.up.sql", "002_add_phone_to_users.down.sql"],
    ],
    [
      ["001_a.sql", "001_a_rollback.sql"],
      ["002_add_phone_to_users.sql", "002_add_phone_to_users_rollback.sql"],
    ],
    [["V1__a.sql", "V009__b.sql"], ["V010__add_phone_to_users.sql"]],
    [
      ["V1.9__a.sql", "U1.9__a.sql"],
      ["V1.10__add_phone_to_users.sql", "U1.10__add_phone_to_users.sql"],
    ],
    [["20250101000000_a/migration.sql"], ["20260304050607_add_phone_to_users/migration.sql"]],
    [["0_init/migration.sql"], ["1_add_phone_to_users/migration.sql"]],
    [
      ["2025-01-01-000000_a/up.sql", "2025-01-01-000000_a/down.sql"],
      ["2026-03-04-050607_add_phone_to_users/up.sql", "2026-03-04-050607_add_phone_to_users/down.sql"],
    ],
  ])("%j -> %j", async (names, expected) => {
    const files = Object.fromEntries(names.map((name) => [name, "select 1;"]))
    const { written, after } = await add(files, { up: "select 2;", rollback: "select 3;" })
    expect(paths(written)).toEqual(expected)
    expect(after.heads).toMatchObject([{ id: written.id, parents: written.parents, rollback: "sql" }])
  })

  test.each([
    [
      "dbmate",
      "-- migrate:up\nselect 1;\n-- migrate:down\n",
      "-- migrate:up\nselect 2;\n\n-- migrate:down\nselect 3;\n",
    ],
    ["goose", "-- +goose Up\nselect 1;\n", "-- +goose Up\nselect 2;\n\n-- +goose Down\nselect 3;\n"],
    [
      "node-pg-migrate",
      "-- Up Migration\nselect 1;\n",
      "-- Up Migration\nselect 2;\n\n-- Down Migration\nselect 3;\n",
    ],
  ])("with the marks of %s", async (format, text, expected) => {
    const { written, after } = await add({ "001_a.sql": text }, { up: "select 2;", rollback: "select 3;" })
    expect(written.files[0]?.content).toBe(expected)
    expect(after.heads[0]).toMatchObject({ format, rollback: "sql" })
  })

  test("what says how it runs is kept", async () => {
    const { after } = await add(
      { "001_a.sql": "select 1;" },
      { phase: "contract", noRollback: "gone", up: "select 2;" },
    )
    expect(after.heads[0]).toMatchObject({
      id: "002_add_phone_to_users",
      phase: "contract",
      rollback: "none",
    })
  })

  test.each([
    [{ labels: ["pay"] }, ["002_b"]],
    [{ parents: ["001_a"] }, ["001_a"]],
    [{ language: "typescript" as const }, ["002_b"]],
    [{ id: "mine" }, ["002_b"]],
  ])("where it needs a header it gets one: %j", async (more, parents) => {
    const { written, after } = await add({ "001_a.sql": "select 1;", "002_b.sql": "select 1;" }, more)
    expect(after.graph.get(written.id)).toMatchObject({ format: "lockstep", parents })
  })

  test("where a team has begun to use headers it gets one", async () => {
    const { written } = await add({ "001_a.sql": "select 1;", "new.sql": native("nnnn", "001_a") })
    expect(written.files[0]?.content).toContain("-- parent: nnnn\n")
  })
})

describe("a merge", () => {
  test("joins heads and does nothing, in both directions", async () => {
    const { options, folder } = await project(fork)
    const written = mergeRevision(folder, ["bbbb", "cccc"], options)
    expect(written).toMatchObject({ title: "merge bbbb and cccc", parents: ["bbbb", "cccc"] })
    const after = await readFolder(options)
    expect(after.heads).toMatchObject([{ id: written.id, parents: ["bbbb", "cccc"], rollback: "sql" }])
    const script = await readScript(options, after.heads[0] as never)
    expect(script.down?.text.trim()).toBe("")
  })

  test.each([
    [["bbbb"], "a merge joins at least two revisions"],
    [["bbbb", "bbbb"], "a merge joins at least two revisions"],
    [["aaaa", "bbbb"], "bbbb comes after aaaa already"],
  ])("of %j is refused", async (ids, message) => {
    const { options, folder } = await project(fork)
    expect(() => mergeRevision(folder, ids, options)).toThrow(
      expect.objectContaining({ code: "nothing-to-merge", message }),
    )
  })
})

describe("a rebase rewrites the parent lines and nothing else", () => {
  const rebase = async (text: string, onto: readonly string[]) => {
    const { root, options, folder } = await project({ ...fork, "x.sql": text })
    rebaseRevision(folder, "xxxx", onto, options)
    return readFileSync(join(root, "migrations/x.sql"), "utf8")
  }

  test.each([
    [
      "one parent",
      "-- revision: xxxx\n-- parent: aaaa\n-- why: x\n\nselect 1 ;\n",
      ["bbbb"],
      "-- revision: xxxx\n-- parent: bbbb\n-- why: x\n\nselect 1 ;\n",
    ],
    [
      "several lines",
      "-- parent: aaaa\n-- revision: xxxx\n-- parent: bbbb\nselect 1;",
      ["cccc"],
      "-- parent: cccc\n-- revision: xxxx\nselect 1;",
    ],
    [
      "a continued line",
      "-- revision: xxxx\n-- parent: aaaa,\n--   bbbb\nselect 1;",
      ["cccc"],
      "-- revision: xxxx\n-- parent: cccc\nselect 1;",
    ],
    [
      "several parents",
      "-- revision: xxxx\n-- parent: aaaa\nselect 1;",
      ["bbbb", "cccc"],
      "-- revision: xxxx\n-- parent: bbbb, cccc\nselect 1;",
    ],
    [
      "none before",
      "-- revision: xxxx\n-- why: x\nselect 1;",
      ["bbbb"],
      "-- revision: xxxx\n-- parent: bbbb\n-- why: x\nselect 1;",
    ],
    [
      "none after",
      "-- revision: xxxx\n-- parent: aaaa\n-- why: x\nselect 1;",
      [],
      "-- revision: xxxx\n-- why: x\nselect 1;",
    ],
    [
      "Windows line ends and a mark",
      "\uFEFF-- revision: xxxx\r\n-- parent: aaaa\r\nselect 1;\r\n",
      ["bbbb"],
      "\uFEFF-- revision: xxxx\r\n-- parent: bbbb\r\nselect 1;\r\n",
    ],
    ["no line end", "-- revision: xxxx", ["bbbb"], "-- revision: xxxx\n-- parent: bbbb"],
    [
      "what only looks like a header",
      "-- revision: xxxx\n-- parent: aaaa\nselect '\n-- parent: aaaa\n';",
      ["bbbb"],
      "-- revision: xxxx\n-- parent: bbbb\nselect '\n-- parent: aaaa\n';",
    ],
  ])("%s", async (_, text, onto, expected) => {
    expect(await rebase(text, onto)).toBe(expected)
  })

  test("the checksum stays", async () => {
    const { options, folder } = await project(fork)
    rebaseRevision(folder, "cccc", ["bbbb"], options)
    const after = await readFolder(options)
    expect(after.heads.map(({ id }) => id)).toEqual(["cccc"])
    expect(after.graph.get("cccc")?.checksum).toBe(folder.graph.get("cccc")?.checksum)
    expect(after.digest).toBe(folder.digest)
  })

  test("the file's rights stay, and a link stays a link", async () => {
    const { root, options, folder } = await project(fork)
    const path = join(root, "migrations/c.sql")
    renameSync(path, join(root, "real.sql"))
    writeFileSync(join(root, "real.sql"), native("cccc", "aaaa"), { mode: 0o640 })
    symlinkSync("../real.sql", path)
    const { mode } = statSync(path)
    rebaseRevision(folder, "cccc", ["bbbb"], options)
    expect(lstatSync(path).isSymbolicLink()).toBe(true)
    expect(statSync(path).mode).toBe(mode)
    expect(readFileSync(path, "utf8")).toContain("-- parent: bbbb")
  })

  test.each([
    ["onto itself", "aaaa", ["aaaa"], "revision-cycle"],
    ["onto what follows it", "aaaa", ["bbbb"], "revision-cycle"],
    ["onto nothing known", "bbbb", ["zzzz"], "unknown-revision"],
  ])("%s is refused", async (_, id, onto, code) => {
    const { options, folder } = await project(fork)
    expect(() => rebaseRevision(folder, id, onto, options)).toThrow(expect.objectContaining({ code }))
  })

  test("of a file without header is refused", async () => {
    const { options, folder } = await project({ "001_a.sql": "select 1;", "002_b.sql": "select 1;" })
    expect(() => rebaseRevision(folder, "002_b", [], options)).toThrow(
      expect.objectContaining({ code: "not-rebasable" }),
    )
  })
})
