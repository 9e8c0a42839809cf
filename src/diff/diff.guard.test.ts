import { readdirSync, readFileSync } from "node:fs"
import { expect, test } from "vitest"
import { allKinds } from "../kinds/all.ts"
import type { Kind } from "../kinds/kind.ts"

/** Code without comments. Texts stay: a kind's name in quotes is what this looks for. */
function codeOf(path: string): string {
  return readFileSync(path, "utf8")
    .replace(/\/\*[\s\S]*?\*\//g, "")
    .replace(/(^|\s)\/\/.*$/gm, "")
    .replaceAll(/typeof \w+ === "\w+"/g, "")
}

/** Passes that look for certain statements and may say of which kind. */
const particular = new Set(["online.ts", "renames.ts", "joining.ts"])

const folders = ["src/diff", "src/plan"]

test.each(folders)("%s names no kind of object", (folder) => {
  const names = allKinds.map(({ name }) => name)
  const found = readdirSync(folder)
    .filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts") && !particular.has(file))
    .flatMap((file) => {
      const code = codeOf(`${folder}/${file}`)
      const texts = [...code.matchAll(/["'`]([^"'`\n]*)["'`]/g)].map(([, text = ""]) => text)
      return [
        ...names.filter((name) => texts.includes(name)).map((name) => `${file} says "${name}"`),
        ...[...code.matchAll(/from "\.\.\/kinds\/([^"]+)"/g)]
          .map(([, module = ""]) => module)
          .filter((module) => module !== "all.ts" && module !== "kind.ts")
          .map((module) => `${file} imports ${module}`),
      ]
    })
  expect(found).toEqual([])
})

test("every kind has a name of its own", () => {
  const names = allKinds.map(({ name }) => name)
  expect(new Set(names).size).toBe(names.length)
})

test("every kind is in the list, and the list holds nothing else", async () => {
  const shared = new Set(["all.ts", "kind.ts"])
  const files = readdirSync("src/kinds").filter(
    (file) => file.endsWith(".ts") && !file.endsWith(".test.ts") && !shared.has(file),
  )
  const modules = await Promise.all(files.map((file) => import(/* @vite-ignore */ `../kinds/${file}`)))
  const declared = modules.flatMap((module) => Object.values(module).flat()).filter(isKind)
  expect(new Set(declared)).toEqual(new Set(allKinds))
})

function isKind(value: unknown): value is Kind {
  return typeof value === "object" && value !== null && "query" in value && "alter" in value
}
