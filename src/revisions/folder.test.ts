import { chmodSync, mkdirSync, renameSync, symlinkSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, test } from "vitest"
import type { ProjectOptions } from "../api/options.ts"
import { ToolError } from "../diagnostic.ts"
import { readFolder } from "./folder.ts"
import type { Revision } from "./revision.ts"
import { readScript } from "./script.ts"
import { addFiles, temporaryFolder } from "./temporary-folder.ts"

type Files = Readonly<Record<string, string>>

const named = (...names: string[]): Files =>
  Object.fromEntries(names.map((name) => [name, `-- ${name}\nselect 1;`]))

async function read(files: Files, options: ProjectOptions = {}) {
  const root = temporaryFolder(files)
  return { root, folder: await readFolder({ root, cache: false, ...options }) }
}

/** Each revision as `id<-parents`, in order. */
async function chain(files: Files, options?: ProjectOptions): Promise<string> {
  const { folder } = await read(files, options)
  return folder.revisions.map(({ id, parents }) => (parents.length > 0 ? `${id}<-${parents}` : id)).join("; ")
}

async function failure(files: Files, options?: ProjectOptions): Promise<string> {
  try {
    return await chain(files, options)
  } catch (error) {
    if (!(error instanceof ToolError)) throw error
    return `${error.code}: ${error.message}`
  }
}

describe("Lockstep's own files", () => {
  test("are linked by parents, whatever they are called", async () => {
    const files = {
      "z.sql": "-- revision: a\n\ncreate table a ();",
      "b.sql": "-- revision: b\n-- parent: a\n-- branch: side\nselect 1;",
      "a.ts": '// revision: c\n// parent: b\nimport { defineRevision } from "lockstep"\n',
    }
    expect(await chain(files)).toBe("a; b<-a; c<-b")
  })

  test("give every fact of a revision", async () => {
    const text =
      "-- revision: a1\n-- phase: contract\n\ndrop table a;\n-- verify\nselect 1;\n-- rollback: none because gone\n"
    const { folder } = await read({ "20260102030405_drop_old-table.sql": text })
    expect(folder.revisions).toEqual([
      {
        id: "a1",
        parents: [],
        dependsOn: [],
        labels: [],
        title: "drop old table",
        file: "migrations/20260102030405_drop_old-table.sql",
        language: "sql",
        format: "lockstep",
        repeatable: false,
        phase: "contract",
        transaction: "auto",
        accepts: [],
        rollback: "none",
        checksum: expect.stringMatching(/^[0-9a-f]{64}$/),
      },
    ])
  })

  test.each([
    ["0001_add_phone.sql", "add phone"],
    ["4f2a_add_phone.sql", "add phone"],
    ["2026-01-02_add_phone.sql", "add phone"],
    ["add_phone.sql", "add phone"],
    ["4f2a.sql", "4f2a"],
    ["20260102.sql", "20260102"],
  ])("are titled by the slug of their name: %s", async (name, title) => {
    const { folder } = await read({ [name]: "-- revision: 4f2a\nselect 1;" })
    expect(folder.revisions[0]?.title).toBe(title)
  })
})

describe("folders of other tools are read as they are", () => {
  test.each([
    ["numbers, by number", named("2_b.sql", "10_c.sql", "001_a.sql"), "001_a; 2_b<-001_a; 10_c<-2_b"],
    [
      "timestamps",
      named("20260102030405_b.sql", "20250102030405_a.sql"),
      "20250102030405_a; 20260102030405_b<-20250102030405_a",
    ],
    [
      "dates, by name on one day",
      named("20260102_b.sql", "20260102_a.sql"),
      "20260102_a; 20260102_b<-20260102_a",
    ],
    [
      "dates with dashes",
      named("2026-01-02-b.sql", "2026-01-02-a.sql"),
      "2026-01-02-a; 2026-01-02-b<-2026-01-02-a",
    ],
    [
      "Flyway, by version",
      named("V1__a.sql", "V1.10__c.sql", "V1_2__b.sql", "V2__d.sql"),
      "V1__a; V1_2__b<-V1__a; V1.10__c<-V1_2__b; V2__d<-V1.10__c",
    ],
    ["pairs", named("1_a.up.sql", "1_a.down.sql", "2_b.up.sql", "2_b.down.sql"), "1_a; 2_b<-1_a"],
    [
      "rollback files",
      named("1_a.sql", "1_a_rollback.sql", "2_add_rollback.sql"),
      "1_a; 2_add_rollback<-1_a",
    ],
    [
      "folders",
      named("20260102_a/migration.sql", "20260103_b/migration.sql", "20260103_b/down.sql"),
      "20260102_a; 20260103_b<-20260102_a",
    ],
  ])("%s", async (_, files, expected) => {
    expect(await chain(files)).toBe(expected)
  })

  test("files that are no revisions are left alone", async () => {
    const files = {
      ...named("1_a.sql"),
      "README.md": "x",
      ".gitkeep": "",
      ".hidden.sql": "x",
      "schema.sql": "x",
      "_lib.ts": "x",
      "meta/_journal.json": "{}",
      "archive/0_old.sql": "x",
      "1_a.sql.orig": "x",
    }
    expect(await chain(files)).toBe("1_a")
  })

  test("repeatables run last, by name", async () => {
    const { folder } = await read(named("R__views.sql", "R__functions.sql", "V1__a.sql"))
    expect(folder.graph.revisions.map(({ id }) => id)).toEqual(["V1__a"])
    expect(folder.repeatables.map(({ id, title, repeatable }) => [id, title, repeatable])).toEqual([
      ["R__functions", "functions", true],
      ["R__views", "views", true],
    ])
  })

  test("rollbacks are found beside them", async () => {
    const files = named("1_a.up.sql", "1_a.down.sql", "2_b.sql", "2_b_rollback.sql", "3_c.sql")
    const { folder } = await read({ ...files, "4_d.sql": "-- migrate:up\nup;\n-- migrate:down\ndown;" })
    expect(folder.revisions.map(({ downFile, rollback, format }) => [downFile, rollback, format])).toEqual([
      ["migrations/1_a.down.sql", "sql", "sequence"],
      ["migrations/2_b_rollback.sql", "sql", "sequence"],
      [undefined, "missing", "sequence"],
      [undefined, "sql", "dbmate"],
    ])
    const undo = await read(named("V1__a.sql", "U1__a.sql"))
    expect(undo.folder.revisions[0]?.downFile).toBe("migrations/U1__a.sql")
  })

  test("a section or file that nobody filled in is no rollback, except where nothing was done", async () => {
    const { folder } = await read({
      "1.sql": "-- revision: a\nselect 1;\n-- rollback\n\n-- to do\n",
      "2.sql": "-- revision: b\n-- parent: a\n\n-- rollback\n",
      "3.sql": "-- revision: c\n-- parent: b\nselect 1;\n-- rollback\nselect 2;",
    })
    expect(folder.revisions.map(({ rollback }) => rollback)).toEqual(["missing", "sql", "sql"])
    const paired = await read({ "1_a.up.sql": "select 1;", "1_a.down.sql": "-- to do" })
    expect(paired.folder.revisions[0]).toMatchObject({ rollback: "missing" })
  })

  test("a team that adopts Lockstep keeps its old files", async () => {
    const files = {
      ...named("1_a.sql", "2_b.sql"),
      "20260102_new.sql": "-- revision: new\n-- parent: 2_b\nselect 1;",
    }
    expect(await chain(files)).toBe("1_a; 2_b<-1_a; new<-2_b")
  })

  test("several folders have a chain each", async () => {
    const files = { ...named("1_a.sql"), "../shared/1_x.sql": "select 1;", "../shared/2_y.sql": "select 1;" }
    expect(await chain(files, { migrations: ["migrations", "shared"] })).toBe("1_a; 1_x; 2_y<-1_x")
  })
})

describe("nothing is skipped silently", () => {
  test.each([
    [
      "a name of no format",
      named("1_a.sql", "add_users.sql"),
      "unrecognized-file: migrations/add_users.sql is no revision of any known format",
    ],
    [
      "a Flyway name that is not quite one",
      named("V1_add_users.sql"),
      "unrecognized-file: migrations/V1_add_users.sql is no revision of any known format",
    ],
    [
      "a program without a header",
      { "001_a.ts": "export const up = 1" },
      "unrecognized-file: migrations/001_a.ts is no revision of any known format",
    ],
    [
      "a CommonJS program",
      { "001_a.cjs": "exports.up = 1" },
      "unrecognized-file: migrations/001_a.cjs is no revision of any known format",
    ],
    [
      "a file in a folder below",
      named("sub/1_a.sql"),
      "unrecognized-file: migrations/sub/1_a.sql is in a folder that is not read",
    ],
    [
      "two formats",
      named("V1__a.sql", "002_b.sql"),
      "mixed-formats: the folder migrations holds files of two formats",
    ],
    ["one number twice", named("007_a.sql", "7_b.sql"), "duplicate-number: two files have the number 7"],
    ["one version twice", named("V1__a.sql", "V1.0__b.sql"), "duplicate-number: two files have the number 1"],
    [
      "a rollback of nothing",
      named("1_a.sql", "2_b.down.sql"),
      "orphan-rollback: migrations/2_b.down.sql has no forward file beside it",
    ],
    [
      "an undo of nothing",
      named("V1__a.sql", "U2__b.sql"),
      "orphan-rollback: migrations/U2__b.sql has no forward file beside it",
    ],
    [
      "two rollbacks",
      { "1_a.sql": "a;\n-- rollback\nb;", "1_a.down.sql": "b;" },
      "orphan-rollback: migrations/1_a.sql has a rollback section and a rollback file",
    ],
    [
      "a reserved word",
      { "a.sql": "-- revision: head\n" },
      "invalid-revision-id: the revision id head is a reserved word",
    ],
    [
      "a label that parts words",
      { "a.sql": "-- revision: a\n-- branch: 1st\n" },
      "invalid-branch-label: the branch label 1st does not match the pattern [A-Za-z_][A-Za-z0-9_./-]{0,127}",
    ],
    [
      "a name that parts words",
      named("1_a@b.sql"),
      "invalid-revision-id: the file name 1_a@b does not match the pattern [^@:,\\p{Cc}]+",
    ],
  ])("%s", async (_, files, expected) => {
    expect(await failure(files)).toBe(expected)
  })

  test("a format that is set is the only one besides Lockstep's own", async () => {
    const files = { ...named("V1__a.sql", "002_b.sql"), "n.sql": "-- revision: n\n" }
    expect(await failure(files, { format: "flyway" })).toBe(
      "unrecognized-file: migrations/002_b.sql is no revision of the format flyway",
    )
  })

  test("the configured pattern holds for ids of Lockstep's own files only", async () => {
    const files = { ...named("001_a.sql"), "n.sql": "-- revision: n1\n-- parent: 001_a\n" }
    expect(await failure(files, { names: { idPattern: "[0-9a-f]{12}" } })).toBe(
      "invalid-revision-id: the revision id n1 does not match the pattern [0-9a-f]{12}",
    )
    expect(await failure(files, { names: { idPattern: "n[0-9]" } })).toBe("001_a; n1<-001_a")
  })

  test("several problems come together", async () => {
    const files = { "a.sql": "-- revision: a\n-- phse: expand\n", "b.sql": "-- revision: b\n-- phase: x\n" }
    const error = await read(files).catch((thrown: ToolError) => thrown)
    expect(error).toMatchObject({ code: "unknown-header-key", facts: { also: [{ code: "invalid-header" }] } })
  })

  test("text that is not UTF-8 names the file", async () => {
    const root = temporaryFolder({ "1_a.sql": Uint8Array.from([0x73, 0xe9, 0x3b]) })
    await expect(readFolder({ root, cache: false })).rejects.toMatchObject({ code: "not-utf8" })
  })
})

describe("the file system", () => {
  const code = (root: string) =>
    readFolder({ root, cache: false }).then(
      ({ revisions }) => revisions.map(({ id }) => id),
      (error: ToolError) => `${error.code}: ${error.message}`,
    )

  test("no folder", async () => {
    const root = temporaryFolder({})
    await expect(readFolder({ root, migrations: "elsewhere", cache: false })).rejects.toMatchObject({
      code: "no-migrations-folder",
      facts: { hint: expect.stringContaining("lockstep init") },
    })
  })

  test("an empty folder is a project without revisions", async () => {
    const { folder } = await read({})
    expect(folder).toMatchObject({ revisions: [], heads: [], count: 0 })
  })

  test("links to files are followed, as in mounted configuration", async () => {
    const root = temporaryFolder({ "..data/1_a.sql": "select 1;" })
    symlinkSync("..data/1_a.sql", join(root, "migrations/1_a.sql"))
    expect(await code(root)).toEqual(["1_a"])
  })

  test("a link to nothing and a folder with a file's name are named", async () => {
    const root = temporaryFolder({})
    symlinkSync("gone.sql", join(root, "migrations/1_a.sql"))
    expect(await code(root)).toBe(
      "unreadable-file: migrations/1_a.sql cannot be read: it is a link to nothing",
    )
    const other = temporaryFolder({})
    mkdirSync(join(other, "migrations/1_a.sql"))
    expect(await code(other)).toEqual([])
  })

  test.skipIf(process.getuid?.() === 0)("a file without permission is named", async () => {
    const root = temporaryFolder(named("1_a.sql"))
    chmodSync(join(root, "migrations/1_a.sql"), 0)
    expect(await code(root)).toBe("unreadable-file: migrations/1_a.sql cannot be read: permission denied")
  })
})

describe("the checksum", () => {
  const checksum = async (text: string, name = "x.sql") =>
    (await read({ [name]: text })).folder.revisions[0]?.checksum
  const plain = "-- revision: a\ncreate table a (b int);\n-- verify\nselect 1;\n-- rollback\ndrop table a;"

  test.each([
    ["comments and white space", plain.replace("(b int)", "( b\n int ) -- why\n"), true],
    ["the header", plain.replace("-- revision: a", "-- revision: a\n-- phase: expand\n-- why: x"), true],
    ["the rollback", plain.replace("drop table a", "drop table if exists a"), true],
    ["Windows line ends", plain.replaceAll("\n", "\r\n"), true],
    ["a byte-order mark", `\uFEFF${plain}`, true],
    ["a statement", plain.replace("b int", "b bigint"), false],
    ["the verification", plain.replace("select 1", "select 2"), false],
    ["no verification", plain.replace("-- verify\nselect 1;\n", ""), false],
    ["the verification as a statement", plain.replace("-- verify\n", ""), false],
    ["the transaction mode", plain.replace("-- revision: a", "-- revision: a\n-- transaction: none"), false],
  ])("of a changed file: %s", async (_, changed, same) => {
    expect((await checksum(changed)) === (await checksum(plain))).toBe(same)
  })

  test("of a program is of its text, without the header and line ends", async () => {
    const program = "// revision: a\nexport default 1\n"
    const first = await checksum(program, "x.ts")
    expect(await checksum("// revision: a\r\n// phase: expand\r\n\r\nexport default 1\r\n", "x.ts")).toBe(
      first,
    )
    expect(await checksum("// revision: a\nexport default 2\n", "x.ts")).not.toBe(first)
  })
})

describe("the digest", () => {
  test("is the same wherever the files lie and however they are called", async () => {
    const text = (id: string, parent: string) => `-- revision: ${id}\n-- parent: ${parent}\nselect '${id}';`
    const one = await read({ "1.sql": text("b", "a"), "2.sql": text("a", "") })
    const two = await read({ "x.sql": text("a", ""), "y.sql": text("b", "a") })
    expect(one.folder.digest).toBe(two.folder.digest)
    const three = await read({ "x.sql": text("a", ""), "y.sql": `${text("b", "a")} select 2;` })
    expect(three.folder.digest).not.toBe(one.folder.digest)
  })
})

describe("readScript", () => {
  const first = async (files: Files, options: ProjectOptions = {}) => {
    const { root, folder } = await read(files, options)
    return { root, revision: folder.revisions[0] as Revision, options: { root, ...options } }
  }

  test("gives each section with its place", async () => {
    const { options, revision } = await first({
      "1_a.sql": "-- phase: expand\n\nup;\n-- verify\ncheck;\n-- rollback\ndown;\n",
    })
    const file = "migrations/1_a.sql"
    expect(await readScript(options, revision)).toEqual({
      up: { text: "\nup;\n", file, line: 2 },
      verify: { text: "\ncheck;\n", file, line: 4 },
      down: { text: "\ndown;\n", file, line: 6 },
    })
  })

  test("reads the rollback file", async () => {
    const { options, revision } = await first({ "1_a.up.sql": "up;", "1_a.down.sql": "down;" })
    expect((await readScript(options, revision)).down).toEqual({
      text: "down;",
      file: "migrations/1_a.down.sql",
      line: 1,
    })
  })

  test("replaces variables where some are declared", async () => {
    const files = { "1_a.sql": `create schema \${tenant};\n-- rollback\ndrop schema \${tenant};` }
    const { options, revision } = await first(files)
    expect((await readScript(options, revision)).up.text).toContain(`\${tenant}`)
    const replaced = await readScript({ ...options, variables: { tenant: "acme" } }, revision)
    expect([replaced.up.text, replaced.down?.text]).toEqual(["create schema acme;\n", "\ndrop schema acme;"])
    await expect(readScript({ ...options, variables: {} }, revision)).rejects.toMatchObject({
      code: "undeclared-variable",
    })
  })

  test("refuses a file that is no longer the one that was checked", async () => {
    const { root, options, revision } = await first({ "1_a.sql": "up;" })
    addFiles(root, { "1_a.sql": "up; -- a comment" })
    expect((await readScript(options, revision)).up.text).toBe("up; -- a comment")
    addFiles(root, { "1_a.sql": "other;" })
    await expect(readScript(options, revision)).rejects.toMatchObject({ code: "revision-changed" })
    renameSync(join(root, "migrations/1_a.sql"), join(root, "gone"))
    await expect(readScript(options, revision)).rejects.toMatchObject({ code: "unreadable-file" })
  })
})
