import { readdirSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { expect, test } from "vitest"
import { preflightChecks } from "../../src/cli/setting-types.ts"
import { checks } from "../../src/deploy/checks/all.ts"

const ids: readonly string[] = checks.map(({ id }) => id)

test("every check is in the list, in its own file, and the setting knows its name", () => {
  const files = readdirSync(fileURLToPath(new URL("../../src/deploy/checks", import.meta.url)))
  expect(files.filter((name) => name !== "all.ts").sort()).toEqual(ids.map((id) => `${id}.ts`).sort())
  expect([...preflightChecks]).toEqual(ids)
})

test("every check says what it asks", () => {
  for (const { asks } of checks) expect(asks).toMatch(/^[A-Z].*[^.]$/)
})
