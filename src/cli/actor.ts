import { existsSync, readFileSync, statSync } from "node:fs"
import { hostname, userInfo } from "node:os"
import { dirname, join, resolve } from "node:path"
import type { Actor } from "../api/options.ts"
import type { Environment } from "./io.ts"

/** Variables that name the commit, in the order in which they are believed. */
const commitVariables = [
  "LOCKSTEP_COMMIT",
  "GITHUB_SHA",
  "CI_COMMIT_SHA",
  "CIRCLE_SHA1",
  "BUILDKITE_COMMIT",
  "BITBUCKET_COMMIT",
  "RENDER_GIT_COMMIT",
  "VERCEL_GIT_COMMIT_SHA",
  "RAILWAY_GIT_COMMIT_SHA",
  "HEROKU_SLUG_COMMIT",
  "HEROKU_BUILD_COMMIT",
  "SOURCE_COMMIT",
  "COMMIT_SHA",
  "GIT_COMMIT",
] as const

/** Variables that name the release or image. */
const releaseVariables = [
  "LOCKSTEP_RELEASE",
  "K_REVISION",
  "FLY_IMAGE_REF",
  "HEROKU_RELEASE_VERSION",
  "CI_COMMIT_TAG",
  "IMAGE",
] as const

const userVariables = [
  "GITHUB_ACTOR",
  "GITLAB_USER_LOGIN",
  "CIRCLE_USERNAME",
  "BUILDKITE_BUILD_CREATOR",
] as const

/** Each platform: the variables that prove it, and how it names one run. */
const platforms: readonly {
  readonly name: string
  readonly run: string
  readonly parts?: readonly string[]
}[] = [
  { name: "github-actions", run: "GITHUB_RUN_ID", parts: ["GITHUB_RUN_ATTEMPT"] },
  { name: "gitlab-ci", run: "CI_JOB_ID", parts: [] },
  { name: "circleci", run: "CIRCLE_WORKFLOW_ID" },
  { name: "buildkite", run: "BUILDKITE_BUILD_ID" },
  {
    name: "cloud-run",
    run: "CLOUD_RUN_EXECUTION",
    parts: ["CLOUD_RUN_TASK_INDEX", "CLOUD_RUN_TASK_ATTEMPT"],
  },
  { name: "fly", run: "FLY_MACHINE_ID" },
  { name: "heroku", run: "DYNO" },
  { name: "render", run: "RENDER_INSTANCE_ID" },
  { name: "kubernetes", run: "KUBERNETES_SERVICE_HOST", parts: ["JOB_COMPLETION_INDEX"] },
]

/** Finds out who and what runs: from the platform's variables, the operating system, and `.git` without running git. */
export function findActor(root: string, env: Environment): Actor {
  const facts = {
    user: firstOf(env, userVariables) ?? operatingSystemUser(),
    host: hostname(),
    commit: firstOf(env, commitVariables) ?? headCommit(root),
    release: firstOf(env, releaseVariables),
    platform: platformOf(env),
  }
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined))
}

function platformOf(env: Environment): string | undefined {
  for (const { name, run, parts = [] } of platforms) {
    const id = env[run]
    if (id === undefined || id === "") continue
    // A service's address says that it is Kubernetes, but names no run; the pod is the host's name.
    const shown = name === "kubernetes" ? hostname() : id
    return `${name} ${[shown, ...parts.map((part) => env[part]).filter(Boolean)].join("/")}`
  }
  return undefined
}

function firstOf(env: Environment, names: readonly string[]): string | undefined {
  for (const name of names) if (env[name]) return env[name]
  return undefined
}

/** An arbitrary user id in a container has no entry in the password file; then there is no name. */
function operatingSystemUser(): string | undefined {
  try {
    return userInfo().username
  } catch {
    return undefined
  }
}

/** Returns the commit that HEAD points to, of the repository around `folder`. */
export function headCommit(folder: string): string | undefined {
  try {
    const gitFolder = findGitFolder(folder)
    if (gitFolder === undefined) return undefined
    const head = readFileSync(join(gitFolder, "HEAD"), "utf8").trim()
    if (!head.startsWith("ref: ")) return commitOrNothing(head)
    // A worktree keeps HEAD to itself and its branches in the main repository.
    const common = join(gitFolder, "commondir")
    const shared = existsSync(common) ? resolve(gitFolder, readFileSync(common, "utf8").trim()) : gitFolder
    return readReference(shared, head.slice(5))
  } catch {
    return undefined
  }
}

function findGitFolder(start: string): string | undefined {
  for (let folder = resolve(start); ; folder = dirname(folder)) {
    const path = join(folder, ".git")
    if (existsSync(path)) {
      if (statSync(path).isDirectory()) return path
      const pointer = /^gitdir: (.+)$/m.exec(readFileSync(path, "utf8"))?.[1]
      return pointer === undefined ? undefined : resolve(folder, pointer.trim())
    }
    if (dirname(folder) === folder) return undefined
  }
}

function readReference(gitFolder: string, name: string): string | undefined {
  const loose = join(gitFolder, name)
  if (existsSync(loose)) return commitOrNothing(readFileSync(loose, "utf8").trim())
  const packed = join(gitFolder, "packed-refs")
  if (!existsSync(packed)) return undefined
  const line = readFileSync(packed, "utf8")
    .split("\n")
    .find((entry) => entry.endsWith(` ${name}`))
  return commitOrNothing(line?.slice(0, line.indexOf(" ")))
}

function commitOrNothing(text: string | undefined): string | undefined {
  return text !== undefined && /^[0-9a-f]{40,64}$/.test(text) ? text : undefined
}
