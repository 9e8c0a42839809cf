import { existsSync, readdirSync, readFileSync } from "node:fs"
import { join, posix } from "node:path"

/**
 * What is known of a file of a recipe, besides that somebody wrote it with care. Lockstep's own tests hold each against what
 * is named here.
 */
export const fileChecks = {
  kubernetes: {
    checked: "valid by Kubernetes' JSON Schemas",
    unchecked: "whether the cluster has its account and secrets",
  },
  "kubernetes-pod": {
    checked: "valid by Kubernetes' JSON Schema of a pod",
    unchecked: "whether the cluster has its secret",
  },
  github: {
    checked: "valid by the JSON Schema of GitHub's workflows",
    unchecked: "whether the repository has the environment and its secret",
  },
  gitlab: {
    checked: "valid by GitLab's own JSON Schema",
    unchecked: "whether the project has the variables, and a runner that reaches the database",
  },
  fly: { checked: "valid by fly.io's JSON Schema", unchecked: "fly.io itself was not asked" },
  shell: {
    checked: "shellcheck finds nothing in it",
    unchecked: "whether the platform's program takes these flags: it was not run",
  },
  dockerfile: {
    checked: "what it copies was looked for in this project",
    unchecked: "no image was built",
  },
  none: {
    checked: "nothing",
    unchecked: "there is no schema of it at hand: the platform says whether it is right",
  },
} as const

export type CheckOfFile = keyof typeof fileChecks

/**
 * Looks for what a Dockerfile copies as a build would: in the project's folder, without what `.dockerignore` leaves out.
 *
 * @returns one line for each COPY that would fail or come without its files
 */
export function missingCopies(dockerfile: string, root: string): readonly string[] {
  const ignored = readIgnored(root)
  return dockerfile.split("\n").flatMap((line) => {
    const [word = "", ...words] = line.trim().split(/\s+/)
    if (!/^(?:COPY|ADD)$/i.test(word) || words.some((each) => each.startsWith("--from="))) return []
    const sources = words.filter((each) => !each.startsWith("--")).slice(0, -1)
    return sources.flatMap((source) => {
      const found = matching(source, root)
      if (found.length === 0) return [`${source} is not there: the build would fail at "${line.trim()}"`]
      return found.every((path) => isIgnored(path, ignored))
        ? [`${source} is left out by .dockerignore: the build would fail at "${line.trim()}"`]
        : []
    })
  })
}

/** The entries that a source of COPY means; a pattern is one in its last part. */
function matching(source: string, root: string): readonly string[] {
  const path = posix.normalize(source).replace(/^\/+|\/+$/g, "")
  if (!/[*?]/.test(path)) return existsSync(join(root, path)) ? [path] : []
  const folder = posix.dirname(path)
  if (!existsSync(join(root, folder))) return []
  const name = patternOf(posix.basename(path))
  return readdirSync(join(root, folder))
    .filter((entry) => name.test(entry))
    .map((entry) => posix.join(folder, entry))
}

interface IgnoreRule {
  readonly pattern: RegExp
  readonly keeps: boolean
}

function readIgnored(root: string): readonly IgnoreRule[] {
  const file = join(root, ".dockerignore")
  if (!existsSync(file)) return []
  return readFileSync(file, "utf8")
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => {
      const keeps = line.startsWith("!")
      const path = (keeps ? line.slice(1) : line).replace(/^\/+|\/+$/g, "")
      return { keeps, pattern: patternOf(path) }
    })
}

/** The last rule that fits decides, also one that fits a folder above. */
function isIgnored(path: string, rules: readonly IgnoreRule[]): boolean {
  const parts = path.split("/")
  const ways = parts.map((_, index) => parts.slice(0, index + 1).join("/"))
  return rules.reduce(
    (ignored, { pattern, keeps }) => (ways.some((way) => pattern.test(way)) ? !keeps : ignored),
    false,
  )
}

/** `*` and `?` within a part of a path, `**` over any number of parts. */
function patternOf(glob: string): RegExp {
  const source = glob
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replace(/\*\*\/?|\*|\?/g, (found) => (found.startsWith("**") ? ".*" : found === "*" ? "[^/]*" : "[^/]"))
  return new RegExp(`^${source}$`)
}
