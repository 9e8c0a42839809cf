import { existsSync } from "node:fs"
import { resolve } from "node:path"
import { diagnostic } from "../../diagnostic.ts"
import { describeChanges } from "../../diff/object-change.ts"
import { compareSnapshot } from "../snapshot.ts"
import type { Guard } from "./guard.ts"

/** `schema.sql` is what the revisions lead to. */
export const snapshot: Guard = {
  name: "snapshot",
  asks: "Is schema.sql what the revisions lead to?",
  after: "replay",
  async check({ options, snapshotFile: file, scratch, replayed, historySchema }) {
    if (!existsSync(resolve(options.root ?? ".", file))) {
      return { verdict: "skipped", evidence: `there is no ${file}; lockstep snapshot writes it` }
    }
    const wanted = await replayed()
    const { fresh, changes } = await compareSnapshot(wanted, await scratch(), {
      ...options,
      file,
      historySchema,
    })
    if (fresh) return { verdict: "yes", evidence: `${file} is what the revisions lead to, word for word` }
    const message = `${file} is not what the revisions lead to`
    const finding = diagnostic("error", "snapshot-stale", message, {
      details: changes.length === 0 ? ["the schema is the same, the words differ"] : describeChanges(changes),
      hint: "lockstep snapshot",
      location: { file, line: 1 },
    })
    return { verdict: "no", evidence: message, findings: [finding] }
  },
}
