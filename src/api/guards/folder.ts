import { ToolError } from "../../diagnostic.ts"
import { buildWork } from "../../runner/build.ts"
import type { Guard } from "./guard.ts"

/** Headers, links and names are sound, and every file can be read and split. */
export const folder: Guard = {
  name: "folder",
  asks: "Are headers, links and statements of all revisions sound?",
  async check({ project, historySchema }) {
    try {
      const { folder, root, readScript } = await project()
      const { revisions, repeatables, digest } = folder
      for (const revision of [...revisions, ...repeatables]) {
        await buildWork(revision, "up", { schema: historySchema, root, readScript })
      }
      const count = revisions.length + repeatables.length
      return {
        verdict: "yes",
        evidence: `${count} ${count === 1 ? "revision" : "revisions"}, all readable; digest ${digest.slice(0, 12)}`,
      }
    } catch (error) {
      if (!(error instanceof ToolError)) throw error
      const { diagnostic, facts } = error
      return { verdict: "no", evidence: error.message, findings: [diagnostic, ...(facts.also ?? [])] }
    }
  },
}
