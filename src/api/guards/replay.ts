import { diagnostic, ToolError } from "../../diagnostic.ts"
import type { Guard } from "./guard.ts"

/** An empty database can be made from the revisions. */
export const replay: Guard = {
  name: "replay",
  asks: "Do all revisions run on an empty database?",
  after: "folder",
  async check({ project, scratch, replayed }) {
    const { serverVersion } = await scratch()
    const { folder } = await project()
    try {
      const { objects } = await replayed()
      return {
        verdict: "yes",
        evidence: `${folder.count + folder.repeatables.length} ran on an empty PostgreSQL ${Math.floor(serverVersion / 10_000)}, which then has ${objects.length} objects`,
      }
    } catch (error) {
      if (!(error instanceof ToolError) || error.exitCode === 2) throw error
      const finding = diagnostic("error", "revisions-not-replayable", error.message, error.facts)
      return { verdict: "no", evidence: error.message, findings: [finding] }
    }
  },
}
