import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { expect, test } from "vitest"
import { commandName } from "../../src/cli/commands/all.ts"
import { settings } from "../../src/cli/settings.ts"
import { rulePage } from "../../src/lint/rules.ts"

const read = (path: string) => readFileSync(fileURLToPath(new URL(`../../${path}`, import.meta.url)), "utf8")

const page = read("docs/what-it-does-for-you.md")

const rows = [...page.matchAll(/^\| (\d+) \| ([^|]+) \| ([^|]+) \|$/gm)].map(
  ([, number, asked = "", served = ""]) => ({ number: Number(number), asked, served }),
)

/** What the lines name that is no command, setting or rule, and where it is. */
const others: ReadonlyMap<string, string> = new Map([
  ["assertSchema", "lockstep/app"],
  ["testDatabase", "lockstep/testing"],
  ["describeRevisions", "lockstep/testing"],
  ["lockstep/testing", "a way into the package"],
  ["lockstep.applied", "a view of the history"],
  ["select version, applied_at, source", "as that view has it"],
  ["postgresql+asyncpg://", "an address"],
  ["NNN_name.sql", "a name of files"],
  [".down.sql", "a name of files"],
  [".env", "a file"],
  ["revision-missing", "an error"],
  ["revision-edited", "an error"],
  ["migrate", "a phase"],
])

const headerKeys = ["revision", "parent", "why", "version", "verify", "transaction"]

/** The options of each command, as the generated page says. */
const optionsOf: ReadonlyMap<string, string> = new Map(
  read("docs/commands.md")
    .split(/^#+ /m)
    .map((section) => [section.slice(0, section.indexOf("\n")).replaceAll("`", "").trim(), section]),
)

/** Whether a word in back quotes is something that there is. */
function isKnown(text: string): boolean {
  if (others.has(text) || text === "databases" || rulePage(text) !== undefined) return true
  if (Object.keys(settings).some((key) => key === text || key.startsWith(`${text}.`))) return true
  const [, header] = /^-- ([a-z]+)/.exec(text) ?? []
  if (header !== undefined) return headerKeys.includes(header)
  const [word = "", ...rest] = text.split(" ")
  const takes = (section: string, flag: string) => new RegExp(`[\` ]${flag}[\` ]`).test(section)
  if (word.startsWith("--")) return [...optionsOf.values()].some((section) => takes(section, word))
  const section = optionsOf.get(word)
  const globals = optionsOf.get("Options of every command") ?? ""
  if (commandName(word) === undefined || section === undefined) return false
  return rest.filter((each) => each.startsWith("--")).every((flag) => takes(section + globals, flag))
}

test("each of the 148 lines is there once, and is served by something that can be named", () => {
  expect(rows.map(({ number }) => number)).toEqual(Array.from({ length: 148 }, (_, index) => index + 1))
  // A command, a setting, a rule, a page; or another line that names one.
  const unserved = rows.filter(({ served }) => !/`|\]\(/.test(served) && !/^as \d+/.test(served))
  expect(unserved).toEqual([])
  expect(rows.filter(({ asked, served }) => asked.trim() === "" || /not yet/i.test(served))).toEqual([])
  const referred = rows.flatMap(({ number, served }) =>
    [...served.matchAll(/\bas (\d+)(?: and (\d+)|, (\d+))?/g)].flatMap((match) =>
      match.slice(1).flatMap((other) => (other === undefined ? [] : [[number, Number(other)] as const])),
    ),
  )
  expect(referred.length).toBeGreaterThan(10)
  for (const [number, other] of referred) {
    expect(other).not.toBe(number)
    const { served = "" } = rows[other - 1] ?? {}
    expect(/`|\]\(/.test(served), `line ${number} says "as ${other}", which names nothing`).toBe(true)
  }
})

test("whatever the lines name exists", () => {
  const named = new Set(
    rows.flatMap(({ served }) => [...served.matchAll(/`([^`]+)`/g)].map(([, text]) => text)),
  )
  expect([...named].filter((text) => text !== undefined && !isKnown(text))).toEqual([])
  for (const wrong of ["deploy --everything", "make", "--fleet", "-- colour", "reasonable"])
    expect(isKnown(wrong), wrong).toBe(false)
})

test("each decision says which lines it is about, and each of them refers to it", () => {
  const [, decisions = ""] = page.split("## Decided otherwise")
  const about = [...decisions.matchAll(/^- \*\*.*?\((\d[\d, ]*)\)\.\*\*/gm)].flatMap(([, numbers = ""]) =>
    numbers.split(", ").map(Number),
  )
  const referring = rows.filter(({ served }) => served.includes("(#decided-otherwise)"))
  expect(referring.map(({ number }) => number)).toEqual(about.sort((a, b) => a - b))
})
