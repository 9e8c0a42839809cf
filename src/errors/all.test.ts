import { readdirSync } from "node:fs"
import { expect, test } from "vitest"
import { errorPages } from "./all.ts"

test("every code is declared once, in one group, and every group is in the list", async () => {
  const codes: string[] = []
  for (const file of readdirSync(new URL(".", import.meta.url))) {
    if (file.includes(".test.")) continue
    const module: Readonly<Record<string, unknown>> = await import(
      /* @vite-ignore */ new URL(file, import.meta.url).href
    )
    for (const [name, group] of Object.entries(module))
      if (name.endsWith("Errors")) codes.push(...Object.keys(group as object))
  }
  expect(codes.sort()).toEqual(Object.keys(errorPages).sort())
})
