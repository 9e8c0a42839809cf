import { readFileSync } from "node:fs"
import { maskSecrets } from "../../db/mask.ts"
import { isRecord } from "../../is-record.ts"
import type { Environment } from "../io.ts"
import type { EndedCommand, Listener } from "./listener.ts"
import { markdownOf } from "./markdown-of.ts"
import { notTold } from "./not-told.ts"

/** GitHub refuses a longer body. */
const longest = 65_536

/** Where a pull request's comments are, as the variables of GitHub Actions say it. */
interface Pull {
  /** `https://api.github.com/repos/<owner>/<name>` */
  readonly repository: string
  readonly number: number
  readonly token: string
}

/**
 * Writes what a command found as a comment of the pull request that it runs for, and into the same comment the next
 * time: it is known by a mark at its beginning.
 */
export function pullComment(env: Environment): Listener {
  return {
    async end(ended) {
      const whom = "pull-request comment"
      // The same workflow may run for a push, where there is nothing to write to.
      if (env.GITHUB_EVENT_NAME && !env.GITHUB_EVENT_NAME.startsWith("pull_request")) return []
      const pull = pullOf(env)
      if (typeof pull === "string")
        return [
          notTold(whom, pull, "it is written by a workflow of GitHub Actions that a pull request starts"),
        ]
      const text = markdownOf(ended)
      if (text === undefined) return []
      try {
        await writeComment(pull, markOf(ended), maskSecrets(text))
        return []
      } catch (error) {
        return [
          notTold(
            whom,
            error,
            "the job needs `permissions: { pull-requests: write }`; a fork's pull request has a token that only reads",
          ),
        ]
      }
    },
  }
}

/** Invisible on the page; another command, database or environment has a comment of its own. */
function markOf({ command, configuration, tally }: EndedCommand): string {
  const parts = [command, configuration?.database, tally.environment ?? configuration?.environment]
  return `<!-- lockstep ${parts.filter((part) => part !== undefined).join(" ")} -->`
}

/** The place, or what is missing to know it. */
function pullOf(env: Environment): Pull | string {
  const { GITHUB_API_URL: api = "https://api.github.com", GITHUB_REPOSITORY: name } = env
  const token = env.GITHUB_TOKEN || env.GH_TOKEN
  if (!name) return "the variable GITHUB_REPOSITORY is missing"
  if (!token) return "there is no token: set the variable GITHUB_TOKEN from `github.token`"
  const number = numberOf(env)
  if (number === undefined) return "this run is not for a pull request"
  return { repository: `${api.replace(/\/+$/, "")}/repos/${name}`, number, token }
}

function numberOf({ GITHUB_EVENT_PATH: path, GITHUB_REF: ref = "" }: Environment): number | undefined {
  const [, fromRef] = /^refs\/pull\/(\d+)\//.exec(ref) ?? []
  if (fromRef !== undefined) return Number(fromRef)
  if (!path) return undefined
  try {
    const event: unknown = JSON.parse(readFileSync(path, "utf8"))
    const pull = isRecord(event) ? event.pull_request : undefined
    return isRecord(pull) && typeof pull.number === "number" ? pull.number : undefined
  } catch {
    return undefined
  }
}

async function writeComment(pull: Pull, mark: string, text: string): Promise<void> {
  const whole = `${mark}\n${text}`
  const body =
    whole.length <= longest ? whole : `${whole.slice(0, longest - 100)}\n\nThe rest is in the job's log.`
  const own = await findComment(pull, mark)
  if (own === undefined) {
    await ask(pull, "POST", `issues/${pull.number}/comments`, { body })
  } else if (own.body !== body) {
    await ask(pull, "PATCH", `issues/comments/${own.id}`, { body })
  }
}

interface Comment {
  readonly id: number
  readonly body: string
}

async function findComment(pull: Pull, mark: string): Promise<Comment | undefined> {
  for (let page = 1; ; page += 1) {
    const found = await ask(pull, "GET", `issues/${pull.number}/comments?per_page=100&page=${page}`)
    const comments = (Array.isArray(found) ? found : []).filter(isComment)
    const own = comments.find(({ body }) => body.startsWith(mark))
    if (own !== undefined || comments.length < 100) return own
  }
}

function isComment(value: unknown): value is Comment {
  return isRecord(value) && typeof value.id === "number" && typeof value.body === "string"
}

/** @see GitHub REST API documentation, "Issue comments": a pull request is an issue */
async function ask(
  { repository, token }: Pull,
  method: "GET" | "POST" | "PATCH",
  path: string,
  body?: unknown,
): Promise<unknown> {
  const answer = await fetch(`${repository}/${path}`, {
    method,
    headers: {
      accept: "application/vnd.github+json",
      authorization: `Bearer ${token}`,
      "content-type": "application/json",
      "user-agent": "lockstep",
      "x-github-api-version": "2022-11-28",
    },
    signal: AbortSignal.timeout(20_000),
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const said: unknown = await answer.json().catch(() => undefined)
  if (answer.ok) return said
  const why = isRecord(said) && typeof said.message === "string" ? `: ${said.message}` : ""
  throw new Error(`GitHub answered ${answer.status}${why}`)
}
