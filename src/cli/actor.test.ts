import { execFileSync } from "node:child_process"
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { hostname, tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { findActor, headCommit } from "./actor.ts"

let root: string
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "lockstep-actor-"))
})
afterAll(() => {
  rmSync(root, { recursive: true })
})

const one = "1".repeat(40)
const two = "2".repeat(40)

/** Makes a folder with the files of a `.git` folder. */
function repository(name: string, files: Readonly<Record<string, string>>): string {
  const folder = join(root, name)
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(folder, path, ".."), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  return folder
}

describe("headCommit", () => {
  test("follows HEAD to its branch, from a folder inside the repository", () => {
    const folder = repository("loose", {
      ".git/HEAD": "ref: refs/heads/feature/x\n",
      ".git/refs/heads/feature/x": `${one}\n`,
      "packages/api/index.ts": "",
    })
    expect(headCommit(join(folder, "packages/api"))).toBe(one)
  })

  test("finds a branch among packed references", () => {
    const folder = repository("packed", {
      ".git/HEAD": "ref: refs/heads/main\n",
      ".git/packed-refs": `# pack-refs with: peeled\n${two} refs/heads/main-old\n${one} refs/heads/main\n`,
    })
    expect(headCommit(folder)).toBe(one)
  })

  test("reads a detached HEAD", () => {
    expect(headCommit(repository("detached", { ".git/HEAD": `${two}\n` }))).toBe(two)
  })

  test("reads a worktree, whose branches are in the main repository", () => {
    repository("main", {
      ".git/worktrees/w/HEAD": "ref: refs/heads/w\n",
      ".git/worktrees/w/commondir": "../..\n",
      ".git/refs/heads/w": one,
    })
    const folder = repository("worktree", { ".git": `gitdir: ${join(root, "main/.git/worktrees/w")}\n` })
    expect(headCommit(folder)).toBe(one)
  })

  test("agrees with git, where git is installed", ({ skip }) => {
    const folder = repository("real", { file: "text" })
    const git = (...words: string[]) => {
      const identity = ["-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false"]
      return execFileSync("git", [...identity, ...words], {
        cwd: folder,
        encoding: "utf8",
        stdio: "pipe",
      }).trim()
    }
    try {
      git("init", "--quiet")
    } catch {
      skip()
    }
    expect(headCommit(folder)).toBeUndefined()
    git("add", ".")
    git("commit", "--quiet", "--message", "one")
    expect(headCommit(folder)).toBe(git("rev-parse", "HEAD"))
    git("pack-refs", "--all")
    expect(headCommit(folder)).toBe(git("rev-parse", "HEAD"))
  })

  test("knows nothing where there is nothing, or nonsense", () => {
    expect(headCommit(repository("nonsense", { ".git/HEAD": "ref: refs/heads/gone\n" }))).toBeUndefined()
    expect(headCommit(repository("worse", { ".git": "nonsense" }))).toBeUndefined()
  })
})

describe("findActor", () => {
  test("GitHub Actions", () => {
    expect(
      findActor(root, {
        GITHUB_ACTOR: "octocat",
        GITHUB_SHA: one,
        GITHUB_RUN_ID: "123456",
        GITHUB_RUN_ATTEMPT: "2",
      }),
    ).toEqual({ user: "octocat", host: hostname(), commit: one, platform: "github-actions 123456/2" })
  })

  test("a Cloud Run job, which says its task", () => {
    const env = {
      CLOUD_RUN_EXECUTION: "api-migrate-x7k2",
      CLOUD_RUN_TASK_INDEX: "0",
      CLOUD_RUN_TASK_ATTEMPT: "1",
      LOCKSTEP_RELEASE: "api@sha256:1",
    }
    expect(findActor(root, env)).toMatchObject({
      platform: "cloud-run api-migrate-x7k2/0/1",
      release: "api@sha256:1",
    })
  })

  test("a laptop: user and host of the operating system, and nothing made up", () => {
    const actor = findActor(root, {})
    expect(actor.host).toBe(hostname())
    expect(actor).not.toHaveProperty("platform")
    expect(actor).not.toHaveProperty("release")
  })
})
