import { readdirSync, readFileSync } from "node:fs"
import { dirname, posix } from "node:path"
import { fileURLToPath } from "node:url"
import { describe, expect, test } from "vitest"
import { commands } from "../src/cli/commands/all.ts"
import { errorPages } from "../src/errors/all.ts"

/**
 * The folders and files of `src`, from the top down. A file imports from its own folder and from layers below it;
 * folders of one layer are strangers to each other. The longest path that fits decides.
 */
const layers: readonly (readonly string[])[] = [
  ["src/cli"],
  ["src/index.ts", "src/app", "src/report", "src/testing", "src/record"],
  ["src/config.ts"],
  ["src/api"],
  ["src/deploy", "src/draft"],
  ["src/rules", "src/plan", "src/roles", "src/lint"],
  ["src/trace", "src/prove"],
  ["src/runner"],
  ["src/introspect", "src/diff", "src/adopt", "src/desired"],
  ["src/history", "src/scratch", "src/kinds", "src/bundle"],
  ["src/queries"],
  ["src/revisions"],
  // The shapes in which the layers speak with each other.
  ["src/api/options.ts"],
  ["src/runner/event.ts"],
  ["src/tenants"],
  ["src/sql", "src/db"],
  ["src/catalog"],
  [
    "src/did-you-mean.ts",
    "src/file-error.ts",
    "src/graph.ts",
    "src/import-file.ts",
    "src/project-module.ts",
    "src/user-cache.ts",
    "src/version.ts",
  ],
  ["src/diagnostic.ts"],
  ["src/errors"],
  ["src/compare-text.ts", "src/is-record.ts"],
]

const root = fileURLToPath(new URL("../", import.meta.url))

interface SourceFile {
  readonly path: string
  readonly text: string
  /** Paths of this project, or names of packages. */
  readonly imports: readonly string[]
}

function readSources(): SourceFile[] {
  return readdirSync(`${root}src`, { recursive: true, encoding: "utf8" })
    .map((path) => `src/${path.replaceAll("\\", "/")}`)
    .filter((path) => path.endsWith(".ts") && !path.endsWith(".test.ts"))
    .map((path) => {
      const text = readFileSync(root + path, "utf8")
      return { path, text, imports: importsOf(text, path) }
    })
}

function importsOf(text: string, path: string): string[] {
  const found = text.matchAll(/(?:\bfrom\s+|\bimport\s*\(\s*|^import\s+)"([^"]+)"/gm)
  return [...found].map(([, name = ""]) => (name.startsWith(".") ? posix.join(dirname(path), name) : name))
}

/** The layer's number and which of its members a file belongs to. */
function placeOf(path: string): { layer: number; member: string } | undefined {
  const places = layers.flatMap((members, layer) =>
    members
      .filter((member) => path === member || path.startsWith(`${member}/`))
      .map((member) => ({ layer, member })),
  )
  return places.sort((a, b) => b.member.length - a.member.length)[0]
}

const sources = readSources()

/** Code without comments and texts, so that words in them do not count. */
function codeOf(text: string): string {
  return text
    .replace(/\/\*[\s\S]*?\*\//g, "")
    .replace(/(^|\s)\/\/.*$/gm, "")
    .replace(/"(?:[^"\\\n]|\\.)*"/g, '""')
}

describe("imports", () => {
  test("there is something to look at", () => {
    expect(sources.length).toBeGreaterThan(50)
    expect(sources.flatMap(({ imports }) => imports).length).toBeGreaterThan(200)
  })

  test("every file has its place in the layers", () => {
    expect(sources.map(({ path }) => path).filter((path) => placeOf(path) === undefined)).toEqual([])
  })

  test("run downward only", () => {
    const upward = sources.flatMap(({ path, imports }) => {
      const from = placeOf(path)
      return imports.flatMap((target) => {
        const to = placeOf(target)
        if (from === undefined || to === undefined) return []
        return from.member === to.member || from.layer < to.layer ? [] : [`${path} imports ${target}`]
      })
    })
    expect(upward).toEqual([])
  })

  test("only db/node-postgres.ts and what it hides import the driver", () => {
    const driver = /^(pg|pg-.+)(\/|$)/
    const importers = sources.filter(({ imports }) => imports.some((name) => driver.test(name)))
    expect(importers.map(({ path }) => dirname(path))).toEqual(importers.map(() => "src/db"))
  })

  test("a command imports no other command", () => {
    const between = sources
      .filter(({ path }) => path.startsWith("src/cli/commands/") && !path.endsWith("/all.ts"))
      .flatMap(({ path, imports }) =>
        imports
          .filter((target) => target.startsWith("src/cli/commands/") && !target.endsWith("/all.ts"))
          .map((target) => `${path} imports ${target}`),
      )
    expect(between).toEqual([])
  })
})

test("only src/cli reads the environment, prints or ends the process", () => {
  const forbidden = /\bprocess\.(env|exit|exitCode|stdout|stderr|stdin|argv|cwd)\b|\bconsole\.\w+/
  const guilty = sources
    .filter(({ path }) => !path.startsWith("src/cli/"))
    .flatMap(({ path, text }) => {
      const found = forbidden.exec(codeOf(text))
      return found === null ? [] : [`${path}: ${found[0]}`]
    })
  expect(guilty).toEqual([])
})

test("every error code is used somewhere", () => {
  const used = sources
    .filter(({ path }) => !path.startsWith("src/errors/"))
    .map(({ text }) => text)
    .join("\n")
  expect(Object.keys(errorPages).filter((code) => !used.includes(`"${code}"`))).toEqual([])
})

describe("commands", () => {
  const files = readdirSync(`${root}src/cli/commands`).filter(
    (name) => name !== "all.ts" && !name.endsWith(".test.ts"),
  )

  test("every file of the folder is in the table, and the other way round", () => {
    expect(
      Object.keys(commands)
        .map((name) => `${name}.ts`)
        .sort(),
    ).toEqual(files.sort())
  })

  test.each(Object.entries(commands))(
    "%s has its name, a description and examples of itself",
    async (name, entry) => {
      const command = await entry.load()
      expect(command.name).toBe(name)
      expect(command.description).toMatch(/\.$/)
      expect(command.examples.length).toBeGreaterThan(0)
      for (const { line } of command.examples) expect(line.split(" ")[0]).toBe(name)
    },
  )

  test("no name or alias is used twice", () => {
    const words = Object.entries(commands).flatMap(([name, { aliases = [] }]) => [name, ...aliases])
    expect(new Set(words).size).toBe(words.length)
  })
})
