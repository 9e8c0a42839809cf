import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { describe, expect, test } from "vitest"
import { importFile } from "./import-file.ts"

async function folder(files: Readonly<Record<string, string>>) {
  const path = await mkdtemp(join(tmpdir(), "import file "))
  for (const [name, text] of Object.entries(files)) await writeFile(join(path, name), text)
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true }) }
}

const packages = {
  "no package.json": {},
  "a package without a type": { "package.json": "{}" },
  "a package of CommonJS, as `npm init` makes it": { "package.json": '{ "type": "commonjs" }' },
  "a package of ES modules": { "package.json": '{ "type": "module" }' },
}

describe.each(Object.entries(packages))("in %s", (_, manifest) => {
  test.each([
    ["an ES module in TypeScript", "a.ts", "export default { answer: 42 as number }"],
    ["what needs more than types taken away", "a.ts", "enum A { x = 42 }\nexport default { answer: A.x }"],
    [
      "an import without an extension",
      "a.ts",
      'import { answer } from "./b"\nexport default { answer } as { answer: number }',
    ],
    ["an ES module in JavaScript", "a.js", "export default { answer: 42 }"],
    ["an ES module by its name", "a.mts", "export default { answer: 42 as number }"],
    ["a CommonJS module", "a.cjs", "module.exports = { answer: 42 }"],
    ["`export =`", "a.ts", "export = { answer: 42 as number }"],
    [
      "what TypeScript has made a CommonJS module of",
      "a.cjs",
      'Object.defineProperty(exports, "__esModule", { value: true }); exports.default = { answer: 42 }',
    ],
  ])("%s", async (_, name, text) => {
    await using files = await folder({ ...manifest, "b.ts": "export const answer = 42", [name]: text })
    expect(await importFile(join(files.path, name))).toEqual({ answer: 42 })
  })
})

test("a file without a default export gives nothing", async () => {
  await using files = await folder({
    "a.ts": "export const answer = 42",
    "b.mjs": "export const answer = 42",
  })
  expect(await importFile(join(files.path, "a.ts"))).toBeUndefined()
  expect(await importFile(join(files.path, "b.mjs"))).toBeUndefined()
})

test("another edition is evaluated afresh", async () => {
  await using files = await folder({ "a.mjs": "export default 1" })
  const path = join(files.path, "a.mjs")
  expect(await importFile(path, "1")).toBe(1)
  await writeFile(path, "export default 2")
  expect(await importFile(path, "2")).toBe(2)
})

test("what is thrown in it comes out of it", async () => {
  await using files = await folder({
    "a.ts": 'throw new Error("no such variable")',
    "b.mts": 'import "gone"',
  })
  await expect(importFile(join(files.path, "a.ts"))).rejects.toThrow("no such variable")
  await expect(importFile(join(files.path, "b.mts"))).rejects.toThrow(/gone/)
})
