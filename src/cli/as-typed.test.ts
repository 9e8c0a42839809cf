import { expect, test } from "vitest"
import { asTyped } from "./as-typed.ts"

test("what is proposed is proposed for the database that was asked about", () => {
  const chosen = { env: "staging", database: "orion" }
  const none = { env: undefined, database: undefined }
  expect(asTyped("lockstep deploy --release r1", chosen)).toBe(
    "lockstep deploy staging --release r1 --database orion",
  )
  expect(asTyped('lockstep stamp a1 --because "..."', { ...chosen, database: undefined })).toBe(
    'lockstep stamp a1 --because "..." --env staging',
  )
  expect(asTyped("lockstep deploy", none)).toBe("lockstep deploy")
  for (const same of ["lockstep explain statement-failed", "git checkout main -- migrations"])
    expect(asTyped(same, chosen)).toBe(same)
})
