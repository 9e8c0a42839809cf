import { readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest"
import { RevisionCache } from "./cache.ts"
import { readFolder } from "./folder.ts"
import { foldersOf } from "./listing.ts"
import { addFiles, temporaryFolder } from "./temporary-folder.ts"

/** As many files as are worth a cache. */
const many = Object.fromEntries(
  Array.from({ length: 200 }, (_, n) => [
    `${n + 1}_table.sql`,
    `create table t${n} ();\n-- rollback\ndrop table t${n};`,
  ]),
)

const later = (ms: number) => vi.setSystemTime(Date.now() + ms)

/** A project whose revisions were read long after they were written, so that the cache trusts all of them. */
async function settled(files: Readonly<Record<string, string>> = many) {
  const root = temporaryFolder(files)
  const cache = join(root, "cache")
  later(10_000)
  const options = { root, cache }
  const first = await readFolder(options)
  return { root, cache, options, first, path: join(root, "migrations", "100_table.sql") }
}

function isFresh(options: { root: string; cache: string }): boolean {
  const subject = { folders: foldersOf(options), format: undefined, names: undefined }
  return RevisionCache.at(options.cache, subject)?.isFresh() ?? false
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"] })
})

afterEach(() => {
  vi.useRealTimers()
})

test("the second reading gives the same without opening a file", async () => {
  const { options, first } = await settled()
  expect(isFresh(options)).toBe(true)
  const second = await readFolder(options)
  expect(second.digest).toBe(first.digest)
  expect(second.count).toBe(200)
  expect(second.heads).toEqual(first.heads)
  expect(second.revisions).toEqual(first.revisions)
  expect(second.graph.heads).toEqual(first.graph.heads)
  expect(second.graph.children("100_table").map(({ id }) => id)).toEqual(["101_table"])
})

describe("a change is noticed", () => {
  test("of the same length, with the old time put back", async () => {
    const { options, path, first } = await settled()
    const { atime, mtime } = statSync(path)
    writeFileSync(path, readFileSync(path, "utf8").replace("t99", "x99"))
    utimesSync(path, atime, mtime)
    expect(isFresh(options)).toBe(false)
    expect((await readFolder(options)).digest).not.toBe(first.digest)
  })

  test("in the instant after the file was read", async () => {
    // Here the clock is not moved: the files are as young as the cache.
    const root = temporaryFolder(many)
    const options = { root, cache: join(root, "cache") }
    const first = await readFolder(options)
    expect(isFresh(options)).toBe(false)
    addFiles(root, { "100_table.sql": "create table x99 ();\n-- rollback\ndrop table t99;" })
    expect((await readFolder(options)).digest).not.toBe(first.digest)
  })

  test.each([
    ["a file more", (root: string) => addFiles(root, { "201_table.sql": "select 1;" })],
    ["a file less", (root: string) => rmSync(join(root, "migrations/200_table.sql"))],
    ["a file with an error", (root: string) => addFiles(root, { "7.sql": "-- revision: a\n-- phse: x\n" })],
  ])("%s", async (_, change) => {
    const { root, options } = await settled()
    change(root)
    expect(isFresh(options)).toBe(false)
    const seen = await readFolder(options).catch((error: Error) => error.message)
    expect(seen).not.toMatchObject({ count: 200 })
  })

  test("in a folder below", async () => {
    const folders = Object.fromEntries(
      Object.keys(many).map((name) => [`${name}/migration.sql`, "select 1;"]),
    )
    const { root, options, first } = await settled(folders)
    expect(first.revisions[0]?.rollback).toBe("missing")
    expect(isFresh(options)).toBe(true)
    addFiles(root, { "1_table.sql/down.sql": "select 2;" })
    expect((await readFolder(options)).revisions[0]?.rollback).toBe("sql")
  })
})

test("only what changed is read again, and the result is that of a reading from nothing", async () => {
  const { root, options } = await settled()
  addFiles(root, { "50_table.sql": "select 50;", "201_table.sql": "select 201;" })
  later(10_000)
  const again = await readFolder(options)
  expect(again.revisions).toEqual((await readFolder({ root, cache: false })).revisions)
  expect(isFresh(options)).toBe(true)
})

test("other options have another cache", async () => {
  const { options } = await settled()
  await expect(readFolder({ ...options, format: "flyway" })).rejects.toMatchObject({
    code: "unrecognized-file",
  })
  expect((await readFolder(options)).count).toBe(200)
})

describe("a cache that is of no use is a miss", () => {
  test.each([
    ["empty", () => Buffer.alloc(0)],
    ["cut", (file: Buffer) => file.subarray(0, file.length / 2)],
    ["garbage", () => Buffer.from("\0\n{}")],
    [
      "one bit different",
      (file: Buffer) => Buffer.from(file.map((byte, index) => (index === file.length - 9 ? byte ^ 1 : byte))),
    ],
    [
      "of another version",
      (file: Buffer) => Buffer.from(file.toString("latin1").replace(/"key":"./, '"key":"x'), "latin1"),
    ],
  ])("%s", async (_, damage) => {
    const { options, cache, first } = await settled()
    const [name = ""] = readdirSync(cache)
    writeFileSync(join(cache, name), damage(readFileSync(join(cache, name))))
    expect(isFresh(options)).toBe(false)
    expect((await readFolder(options)).revisions).toEqual(first.revisions)
    expect(isFresh(options)).toBe(true)
  })

  test("a place that cannot be written", async () => {
    const { root } = await settled()
    const blocked = join(root, "blocked")
    writeFileSync(blocked, "a file where the folder should be")
    expect((await readFolder({ root, cache: blocked })).count).toBe(200)
  })
})

test("a small folder leaves no cache behind", async () => {
  const { cache } = await settled({ "1_a.sql": "select 1;" })
  expect(() => readdirSync(cache)).toThrow("ENOENT")
})

test("no temporary file stays", async () => {
  const { cache } = await settled()
  const name = /^revisions-[0-9a-f]{8}\.cache(\.facts)?$/
  expect(readdirSync(cache)).toEqual([expect.stringMatching(name), expect.stringMatching(name)])
})
