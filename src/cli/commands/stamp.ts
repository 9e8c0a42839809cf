import { stamp as runStamp } from "../../api/stamp.ts"
import { ToolError } from "../../diagnostic.ts"
import { defineCommand } from "../command.ts"
import { given, someOf } from "../given.ts"
import { lockOptions } from "../run-options.ts"
import { scratchOption, scratchOptions, selectionOptions } from "../scratch-option.ts"

export const stamp = defineCommand({
  name: "stamp",
  description:
    "Changes what a database says that it is at, without running anything. The revisions named and all that they need count as applied afterwards, and what comes after them does not. They are replayed on a scratch server first, and a database whose catalog is not what they lead to is refused with the difference, exit 3.",
  operands: {
    revisions: { many: true, help: "What the database is to be at: `head`, ids, `base` for nothing" },
  },
  options: {
    purge: { type: "flag", help: "Forget first everything that is recorded as applied" },
    acceptChecksum: {
      type: "list",
      value: "revision",
      help: "Record the file's present checksum of an applied revision that was edited without consequence",
    },
    forget: {
      type: "list",
      value: "revision",
      help: "Take a revision that the folder no longer holds out of the history, or forget the steps of one that was interrupted; the full id",
    },
    unverified: {
      type: "flag",
      help: "Vouch for the catalog yourself: stamp without comparing it; recorded as such",
    },
    because: { type: "text", value: "reason", help: "Why; recorded. A protected environment demands it" },
    ...selectionOptions,
    ...scratchOption,
    ...lockOptions,
  },
  examples: [
    { line: "stamp head", says: "take over a database whose schema is there already" },
    { line: 'stamp --accept-checksum 4f2a --because "comment only"', says: "accept an edited file" },
    {
      line: 'stamp --forget 9e8c7aa5b945 --because "branch dropped"',
      says: "forget a revision whose file is gone",
    },
  ],
  async run({ purge, acceptChecksum, forget, unverified, because, scratch }, { revisions }, context) {
    if (revisions.length === 0 && acceptChecksum.length === 0 && forget.length === 0 && !purge)
      throw new ToolError(
        "wrong-operands",
        "stamp needs a revision, --accept-checksum, --forget or --purge",
        {
          hint: "take over a database that is complete already with: lockstep stamp head",
        },
      )
    const { root } = await context.configuration()
    const result = await runStamp({
      ...(await context.runOptions()),
      ...given({ to: someOf(revisions), because }),
      purge,
      acceptChecksum,
      forget,
      unverified,
      scratch: scratchOptions(scratch, root),
    })
    const { added, removed, accepted, forgotten, current, database, verified } = result
    const changes = [
      ...added.map((id) => `  + ${id}`),
      ...removed.map((id) => `  - ${id}`),
      ...accepted.map((id) => `  = ${id} with its present checksum`),
      ...forgotten.map((id) => `  - the interrupted steps of ${id}`),
    ]
    const at = current.length === 0 ? "at base" : `at ${current.join(", ")}`
    const head = changes.length === 0 ? "nothing to do" : "stamped"
    const how = verified
      ? ", as its catalog says"
      : added.length + removed.length > 0 && revisions.length > 0
        ? ", unverified"
        : ""
    return {
      result,
      text: (paint) => [`${paint.green(head)}: ${database} is ${at}${how}`, ...changes].join("\n"),
    }
  },
})
