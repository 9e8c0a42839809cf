import { expect, test } from "vitest"
import { lintFile } from "../../src/api/lint-file.ts"
import { majors } from "../database.ts"
import { howMany } from "../how-many.ts"
import { testProject } from "../project.ts"
import { type Breakage, breakages } from "./breakages.ts"

/** Each server takes its share; all of them with `npm run test:cases`. */
function shareOf(turn: number): readonly Breakage[] {
  return howMany === "all" ? breakages : breakages.filter((_, place) => place % majors.length === turn)
}

function filesOf(share: readonly Breakage[]): Readonly<Record<string, string>> {
  return {
    "schema.sql": [
      "create role app",
      ...share.map(({ schema }) => schema),
      "create schema if not exists elsewhere",
      "grant select, insert, update, delete on all tables in schema public to app",
    ].join(";\n"),
    "change.sql": share.map(({ change }) => change).join(";\n"),
    "queries.sql": share.map(({ query }, index) => `-- name: q${index}\n${query};`).join("\n"),
  }
}

test.each([...majors.entries()])(
  "every class of breakage is found by the query that breaks, and nothing else is (server %s: PostgreSQL %s)",
  async (turn, major) => {
    const share = shareOf(turn)
    await using project = await testProject({})
    await project.write(filesOf(share))
    const { findings, warnings } = await lintFile({
      root: project.root,
      file: "change.sql",
      schema: ["schema.sql"],
      queries: ["queries.sql"],
      role: "app",
      scratch: { major },
    })
    expect(warnings).toEqual([])
    for (const [index, { name, change, finding }] of share.entries()) {
      const words = new RegExp(`^the query q${index},? `)
      const own = findings.filter(({ message, severity }) => severity === "error" && words.test(message))
      const told = own.map(({ message }) => message.replace(words, ""))
      if (finding === undefined) expect(told, name).toEqual([])
      else expect(told[0]?.slice(0, finding.length), `${name}: ${told.join("; ")}`).toBe(finding)
      // The statement that breaks it is one of its own change.
      expect(
        own.filter(({ statement }) => !change.includes(statement)),
        name,
      ).toEqual([])
    }
  },
  300_000,
)
