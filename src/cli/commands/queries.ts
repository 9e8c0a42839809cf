import { printQueries, pullQueries } from "../../api/pull.ts"
import { ToolError } from "../../diagnostic.ts"
import { applicationLogins } from "../../roles/model.ts"
import { defineCommand } from "../command.ts"
import { given, someOf } from "../given.ts"

export const queries = defineCommand({
  name: "queries",
  description:
    "`queries pull` reads what applications have issued from `pg_stat_statements` and prints it as SQL, the most frequent first, for `prove` and `lint --queries`. Values are not in it: $1, $2, ... stand in their place. It says since when the server has counted, and whether rare ones are missing. The role that asks needs `pg_read_all_stats`. The database is only read.",
  operands: {
    action: { required: true, help: "`pull`" },
    environment: { help: "An environment of the configuration; the same as --env" },
  },
  options: {
    role: {
      type: "list",
      value: "name",
      help: "Only the queries of this role; may be given several times. Default: the applications of the setting `roles`, else all roles but the one that connects",
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
    const { roles } = await chosen.configuration()
    const declared = roles === undefined ? [] : applicationLogins(roles.model)
    const result = await pullQueries({
      ...(await chosen.targetOptions()),
      ...given({ roles: someOf(role.length > 0 ? role : declared) }),
    })
    return { result, diagnostics: result.warnings, text: printQueries(result), verbatim: true }
  },
})
