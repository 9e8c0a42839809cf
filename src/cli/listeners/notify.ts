import { writeFile } from "node:fs/promises"
import { resolve } from "node:path"
import type { DeployResult } from "../../api/deploy.ts"
import { maskSecrets } from "../../db/mask.ts"
import { reasonOf } from "../../file-error.ts"
import { colors } from "../../report/colors.ts"
import { printSlack } from "../../report/slack.ts"
import { findActor } from "../actor.ts"
import type { Io } from "../io.ts"
import type { EndedCommand, Listener } from "./listener.ts"
import { notTold } from "./not-told.ts"

const plain = colors(false)

/**
 * Tells how a deploy ended in Slack's Markdown: a webhook, where `target` is an address, else a file. A webhook is not
 * told of a deploy that had nothing to do.
 */
export function notify(target: string, { env, cwd, signal }: Pick<Io, "env" | "cwd" | "signal">): Listener {
  return {
    async end(ended) {
      const text = maskSecrets(messageOf(ended, env, cwd))
      if (!/^https?:\/\//.test(target)) {
        const path = resolve(ended.configuration?.root ?? cwd, target)
        return writeFile(path, `${text}\n`).then(
          () => [],
          (error: unknown) => [notTold(`message in ${target}`, reasonOf(error))],
        )
      }
      if (hadNothingToDo(ended)) return []
      // The address of a webhook is its password.
      const whom = "webhook of the setting notify"
      try {
        const answer = await fetch(target, {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: JSON.stringify({ text }),
          // Whoever interrupted the deploy still wants it told.
          signal: AbortSignal.timeout(signal.aborted ? 3000 : 10_000),
        })
        return answer.ok ? [] : [notTold(whom, `it answered ${answer.status}`)]
      } catch (error) {
        return [notTold(whom, error)]
      }
    },
  }
}

function hadNothingToDo({ exit, outcome }: EndedCommand): boolean {
  const { applied, held } = (outcome.result ?? {}) as Partial<DeployResult>
  return exit === 0 && applied?.length === 0 && held?.length === 0
}

function messageOf(ended: EndedCommand, env: Io["env"], cwd: string): string {
  const { command, exit, outcome, tally, configuration } = ended
  const { text = "", diagnostics = [] } = outcome
  const { release, user } = findActor(configuration?.root ?? cwd, env)
  const result = (outcome.result ?? {}) as Partial<DeployResult>
  return printSlack({
    command,
    exit,
    database: result.database ?? tally.database,
    environment: result.environment ?? tally.environment ?? configuration?.environment,
    release: result.release ?? release,
    user,
    link: logOf(env),
    text: typeof text === "string" ? text : text(plain),
    diagnostics,
  })
}

/** Where a person finds the log of this run, as the CI system says it. */
function logOf(env: Io["env"]): string | undefined {
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository, GITHUB_RUN_ID: run } = env
  if (server && repository && run) return `${server}/${repository}/actions/runs/${run}`
  return env.CI_JOB_URL || env.BUILDKITE_BUILD_URL || env.CIRCLE_BUILD_URL || undefined
}
