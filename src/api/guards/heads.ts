import { diagnostic } from "../../diagnostic.ts"
import type { Guard } from "./guard.ts"

/** The graph ends in one revision. */
export const heads: Guard = {
  name: "heads",
  asks: "Does the graph have one head?",
  after: "folder",
  async check({ project }) {
    const { heads } = (await project()).folder
    const [head, ...others] = heads
    if (head === undefined) return { verdict: "yes", evidence: "no revision yet" }
    if (others.length === 0) return { verdict: "yes", evidence: `one head: ${head.id} ${head.title}` }
    const finding = diagnostic("error", "multiple-heads", `the graph has ${heads.length} heads`, {
      details: heads.map(({ id, title, file }) => `${id} ${title} (${file})`),
      hint: `lockstep rebase <revision>, or: lockstep merge ${heads.map(({ id }) => id).join(" ")}`,
      location: { file: others.at(-1)?.file ?? head.file, line: 1 },
    })
    return { verdict: "no", evidence: `${heads.length} heads`, findings: [finding] }
  },
}
