import { count } from "../../report/count.ts"
import { defineCommand } from "../command.ts"
import { waitForIt } from "../wait-for-it.ts"

export const wait = defineCommand({
  name: "wait",
  description:
    "Waits until the database has the revisions that this folder holds, with the application's own rights: it reads one view and nothing else, and never migrates. A database that is ahead is fine as long as what it has more is compatible with older code. For entrypoints and init containers; in the application itself, `waitForSchema` of `lockstep/app` does the same.",
  options: {
    timeout: { type: "duration", default: 60_000, help: "How long to wait; 0 to look once" },
    interval: { type: "duration", default: 500, help: "Pause between two looks" },
  },
  examples: [
    { line: "wait --timeout 5min && node server.js", says: "start when the schema is there" },
    { line: "wait --timeout 0 --json", says: "look once" },
  ],
  async run({ timeout, interval }, _, context) {
    const result = await waitForIt(context, { timeout, interval })
    return {
      result,
      text: (paint) => {
        const ahead =
          result.ahead.length === 0 ? "" : `; ahead by ${count(result.ahead.length, "compatible revision")}`
        return `${paint.green("ready")}: ${count(result.needed, "revision")} needed, all applied${ahead}`
      },
    }
  },
})
