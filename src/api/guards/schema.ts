import { asRole } from "../../catalog/as-role.ts"
import { describeSource } from "../../desired/load.ts"
import { diagnostic, ToolError } from "../../diagnostic.ts"
import { changesBetween, describeChanges } from "../../diff/object-change.ts"
import { loadOnScratch, readScratch } from "../catalog-source.ts"
import type { Guard } from "./guard.ts"

/** The schema that is wanted is what the revisions lead to. */
export const schema: Guard = {
  name: "schema",
  asks: "Is the schema that is wanted what the revisions lead to?",
  after: "replay",
  async check({ options, schema: paths, scratch, replayed, historySchema }) {
    if (paths.length === 0) {
      return {
        verdict: "skipped",
        evidence: "there is no folder schema, and no setting names another source",
      }
    }
    const from = await replayed()
    const shown = paths.map(describeSource).join(", ")
    try {
      await using loaded = await loadOnScratch(
        { kind: "sql", paths, root: options.root ?? "." },
        await scratch(),
      )
      const wanted = asRole(await readScratch(loaded, { ...options, historySchema }), from.role)
      const changes = changesBetween(from, wanted)
      if (changes.length === 0)
        return {
          verdict: "yes",
          evidence: `${shown} and the revisions lead to the same ${wanted.objects.length} objects`,
        }
      const message = `${shown} and the revisions lead to different schemas`
      const finding = diagnostic("error", "schema-differs", message, {
        details: describeChanges(changes),
        hint: 'lockstep generate "..."',
      })
      return { verdict: "no", evidence: message, findings: [finding] }
    } catch (error) {
      if (!(error instanceof ToolError) || !/^schema-/.test(error.code) || error.exitCode === 2) throw error
      return { verdict: "no", evidence: error.message, findings: [error.diagnostic] }
    }
  },
}
