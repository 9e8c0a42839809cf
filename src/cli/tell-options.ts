import type { OptionTable } from "./option.ts"
import { settingOf } from "./settings.ts"

/** The option of every command that finds something out about a database. */
export const metricsOption = {
  metricsFile: { type: "text", value: "path", setting: "metricsFile", help: settingOf("metricsFile").help },
} as const satisfies OptionTable

/** The option of a command that has something for whoever reviews a change. */
export const commentOption = {
  comment: {
    type: "flag",
    help: "Write what was found as a comment of the pull request that GitHub Actions runs for, and into the same comment the next time; needs `GITHUB_TOKEN`",
  },
} as const satisfies OptionTable
