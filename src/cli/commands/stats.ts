import { pullStatistics } from "../../api/pull.ts"
import { ToolError } from "../../diagnostic.ts"
import { defineCommand } from "../command.ts"

export const stats = defineCommand({
  name: "stats",
  description:
    "`stats pull` reads how large the tables of a database are and prints it as JSON, and how much is written to them, for `lint --stats`: counts, no data. The database is only read.",
  operands: {
    action: { required: true, help: "`pull`" },
    environment: { help: "An environment of the configuration; the same as --env" },
  },
  examples: [{ line: "stats pull prod > stats.json", says: "then: lockstep lint --stats stats.json" }],
  async run(_, { action, environment }, context) {
    if (action !== "pull") {
      throw new ToolError("wrong-operands", `stats has no action "${action}"`, {
        hint: "lockstep stats pull",
      })
    }
    const chosen = environment === undefined ? context : context.inEnvironment(environment)
    const result = await pullStatistics(await chosen.targetOptions())
    return { result, text: JSON.stringify(result, undefined, 2), verbatim: true }
  },
})
