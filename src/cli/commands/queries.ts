import { printQueries, pullQueries } from "../../api/pull.ts"
import { ToolError } from "../../diagnostic.ts"
import { defineCommand } from "../command.ts"
import { given } from "../given.ts"

export const queries = defineCommand({
  name: "queries",
  description:
    "`queries pull` reads what applications have issued from `pg_stat_statements` and prints it as SQL, the most frequent first, for `prove` and `lint --queries`. Values are not in it: the server keeps $1, $2, ... in their place. The database is only read.",
  operands: {
    action: { required: true, help: "`pull`" },
    environment: { help: "An environment of the configuration; the same as --env" },
  },
  options: {
    role: {
      type: "text",
      value: "name",
      help: "Only the queries of this role. Default: of all but the one that connects",
    },
  },
  examples: [
    {
      line: "queries pull prod --role app > queries.sql",
      says: "then: lockstep prove prod --queries queries.sql",
    },
  ],
  async run({ role }, { action, environment }, context) {
    if (action !== "pull") {
      throw new ToolError("wrong-operands", `queries has no action "${action}"`, {
        hint: "lockstep queries pull",
      })
    }
    const chosen = environment === undefined ? context : context.inEnvironment(environment)
    const recorded = await pullQueries({ ...(await chosen.targetOptions()), ...given({ role }) })
    return { result: { queries: recorded }, text: printQueries(recorded), verbatim: true }
  },
})
