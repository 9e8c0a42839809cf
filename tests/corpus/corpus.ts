import { existsSync, readdirSync, readFileSync } from "node:fs"
import { join, resolve } from "node:path"
import { fileURLToPath } from "node:url"

const root = fileURLToPath(new URL("../../", import.meta.url))

/** The folder with `corpus` and `diffscore`: LOCKSTEP_SHARED, or `shared` beside the project. */
export const shared = resolve(process.env["LOCKSTEP_SHARED"] ?? join(root, "..", "shared"))

/** Why the pairs cannot be run here; undefined where they can. */
export const absent: string | undefined = existsSync(join(shared, "corpus", "INDEX.tsv"))
  ? undefined
  : `there is no corpus in ${shared}; LOCKSTEP_SHARED names the folder that holds it`

/** Two schemas of another tool's test suite. */
export interface Pair {
  /** `source/case`. */
  readonly name: string
  readonly old: string
  readonly new: string
  /** Run before either. */
  readonly setup: string
  /** Rows, after `old`. */
  readonly seed: string
  /** Roles that both take for granted. */
  readonly roles: readonly string[]
}

/** The names of all pairs that differ from each other and load on the newest major version. */
export function pairNames(): readonly string[] {
  return rows()
    .filter(
      ({ loads_old, loads_new, duplicate_of }) => loads_old === "yes" && loads_new === "yes" && !duplicate_of,
    )
    .map(({ source, case: name }) => `${source}/${name}`)
}

/** The pairs that the tests run each time. */
export function sampleNames(): readonly string[] {
  return lines(readFileSync(join(root, "tests/corpus/sample.txt"), "utf8"))
}

export function readPair(name: string): Pair {
  const folder = join(shared, "corpus", name)
  const files = new Set(readdirSync(folder))
  const read = (file: string) => (files.has(file) ? readFileSync(join(folder, file), "utf8") : "")
  return {
    name,
    old: read("old.sql"),
    new: read("new.sql"),
    setup: read("setup.sql"),
    seed: read("seed.sql"),
    roles: lines(read("roles.txt")),
  }
}

function rows(): readonly Record<string, string>[] {
  const [head = "", ...body] = lines(readFileSync(join(shared, "corpus", "INDEX.tsv"), "utf8"))
  const names = head.split("\t")
  return body.map((line) => {
    const cells = line.split("\t")
    return Object.fromEntries(names.map((name, place) => [name, cells[place] ?? ""]))
  })
}

function lines(text: string): string[] {
  return text.split("\n").filter((line) => line.trim() !== "")
}
