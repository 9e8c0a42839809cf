import { execFile } from "node:child_process"
import { promisify } from "node:util"
import { ToolError } from "../diagnostic.ts"

const run = promisify(execFile)

/** What git knows of a folder at another commit. */
export interface GitFolder {
  /** The commit that is compared with: where the branch of `since` and this one part. */
  readonly commit: string
  /** Paths relative to `root` of the files that differ from it in the working tree, new ones included. */
  readonly changed: readonly string[]
  /** Reads a file as it was; undefined where it was not there. */
  readAt(path: string): Promise<Buffer | undefined>
}

/**
 * Asks git what differs below `paths` since a commit, working tree included. Where the two have no common ancestor
 * in what was cloned, `since` itself is compared with.
 *
 * @throws ToolError `git-failed`, `unknown-git-ref`
 */
export async function gitChanges(root: string, since: string, paths: readonly string[]): Promise<GitFolder> {
  const target = await commitOf(root, since)
  const base = await git(root, ["merge-base", target, "HEAD"]).catch(() => target)
  const commit = base.trim()
  const differing = await git(root, [
    "diff",
    "--name-only",
    "--no-renames",
    "-z",
    "--relative",
    commit,
    "--",
    ...paths,
  ])
  const untracked = await git(root, ["ls-files", "--others", "--exclude-standard", "-z", "--", ...paths])
  return {
    commit,
    changed: [...new Set(`${differing}${untracked}`.split("\0").filter((path) => path !== ""))].sort(),
    readAt: (path) => readAt(root, commit, path),
  }
}

async function commitOf(root: string, since: string): Promise<string> {
  await git(root, ["rev-parse", "--git-dir"])
  try {
    return (
      await git(root, ["rev-parse", "--verify", "--quiet", "--end-of-options", `${since}^{commit}`])
    ).trim()
  } catch (error) {
    throw new ToolError("unknown-git-ref", `git knows no commit "${since}" here`, {
      subject: since,
      hint: "fetch it first; on GitHub give actions/checkout `fetch-depth: 0`",
      cause: error,
    })
  }
}

async function readAt(root: string, commit: string, path: string): Promise<Buffer | undefined> {
  try {
    const { stdout } = await run("git", ["show", `${commit}:./${path}`], {
      cwd: root,
      encoding: "buffer",
      maxBuffer: 256 * 1024 * 1024,
    })
    return stdout
  } catch {
    return undefined
  }
}

async function git(root: string, words: readonly string[]): Promise<string> {
  try {
    const { stdout } = await run("git", [...words], { cwd: root, maxBuffer: 64 * 1024 * 1024 })
    return stdout
  } catch (error) {
    const { code, stderr } = error as { readonly code?: unknown; readonly stderr?: string }
    const reason = code === "ENOENT" ? "git is not installed here" : (stderr ?? "").trim().split("\n")[0]
    throw new ToolError("git-failed", reason || "git failed", {
      details: [`git ${words.join(" ")}`],
      subject: root,
      cause: error,
    })
  }
}
