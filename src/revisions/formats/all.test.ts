import { readdirSync } from "node:fs"
import { expect, test } from "vitest"
import { folderFormats } from "./all.ts"

test("every format file is in the list, under its own name", () => {
  const others = new Set(["all", "format", "successor"])
  const files = readdirSync(import.meta.dirname)
    .filter((file) => !file.endsWith(".test.ts"))
    .map((file) => file.replace(".ts", ""))
    .filter((file) => !others.has(file))
  expect(folderFormats.map(({ name }) => name).sort()).toEqual(files.sort())
})
