import { type GuardResult, guardStatus, installGuard, removeGuard } from "../../api/guard.ts"
import { ToolError } from "../../diagnostic.ts"
import { didYouMean } from "../../did-you-mean.ts"
import type { Colors } from "../../report/colors.ts"
import { defineCommand } from "../command.ts"
import { given } from "../given.ts"

const actions = { status: guardStatus, sql: guardStatus, install: installGuard, remove: removeGuard }
type Action = keyof typeof actions

export const guard = defineCommand({
  name: "guard",
  description:
    "A guard in the database itself: an event trigger that refuses, within milliseconds and before anything is copied, that a table is written anew where no plan says so, whoever asks for it and with whatever. `upgrade --plan` and `deploy --plan` declare what their plan says; a revision whose header accepts `blocking-rewrite` is let through; by hand `set local lockstep.rewrites = 'public.users'` is. Empty tables, and those that the transaction itself has made, are free. `guard install` needs a superuser or the administrator of a cloud that lets it make event triggers; `guard sql` prints what it would run. `status` exits with 3 where the guard is not there as it should be.",
  operands: {
    action: { required: true, help: "`status`, `install`, `remove` or `sql`" },
    environment: { help: "An environment of the configuration; the same as --env" },
  },
  options: {
    above: {
      type: "text",
      value: "size",
      help: "Tables up to this size may always be written anew: `4MB`. Default: only empty ones",
    },
  },
  examples: [
    { line: "guard install prod --above 4MB", says: "once, as an administrator" },
    { line: "guard status prod", says: "whether it is there, and switched on" },
    { line: "guard sql prod", says: "for whoever may make event triggers there" },
  ],
  async run({ above }, { action, environment }, context) {
    if (!isAction(action))
      throw new ToolError("wrong-operands", `there is no "guard ${action}"`, {
        subject: action,
        hint: didYouMean(action, Object.keys(actions)) ?? `it is: ${Object.keys(actions).join(", ")}`,
      })
    const chosen = environment === undefined ? context : context.inEnvironment(environment)
    const configuration = await chosen.configuration()
    const result = await actions[action]({ ...(await configuration.target()), ...given({ above }) })
    return {
      result,
      exit: action === "status" && result.state !== "installed" ? 3 : 0,
      verbatim: action === "sql",
      text: (paint) => (action === "sql" ? result.sql : printGuard(result, action, paint)),
    }
  },
})

function isAction(word: string): word is Action {
  return Object.hasOwn(actions, word)
}

function printGuard(
  { state, above, owner, changed, database }: GuardResult,
  action: Action,
  paint: Colors,
): string {
  const size = above === null || above === 0 ? "a table with rows" : `a table above ${above} bytes`
  const says = {
    installed: `${paint.green("installed")}: ${database} refuses that ${size} is written anew where no plan says so; it belongs to ${owner}`,
    disabled: `${paint.yellow("switched off")}: somebody has disabled the event trigger in ${database}; lockstep guard install makes it anew`,
    outdated: `${paint.yellow("outdated")}: another version of Lockstep has made it, or somebody has edited it; lockstep guard install makes it anew`,
    absent: `${action === "remove" ? paint.green("absent") : paint.yellow("absent")}: ${database} lets whoever owns a table write it anew`,
  }[state]
  return action === "status" || changed ? says : `${says} (nothing to do)`
}
