import { appendFile, stat } from "node:fs/promises"
import { maskSecrets } from "../../db/mask.ts"
import { reasonOf } from "../../file-error.ts"
import type { EndedCommand, Listener } from "./listener.ts"
import { markdownOf } from "./markdown-of.ts"
import { notTold } from "./not-told.ts"

/** GitHub drops a step's whole summary above 1 MiB, and says so only in the step's log. */
const largest = 1024 * 1024 - 1024

/** Adds what became of a command to the summary of a step of GitHub Actions. */
export function stepSummary(path: string): Listener {
  return {
    async end(ended: EndedCommand) {
      const text = markdownOf(ended)
      if (text === undefined) return []
      try {
        const { size } = await stat(path).catch(() => ({ size: 0 }))
        await appendFile(path, fitting(maskSecrets(`${text}\n\n`), largest - size))
        return []
      } catch (error) {
        return [notTold("step summary", reasonOf(error))]
      }
    },
  }
}

function fitting(text: string, bytes: number): string {
  if (Buffer.byteLength(text) <= bytes) return text
  const note = "\n\nThe rest does not fit into a summary: it is in the log.\n\n"
  const room = bytes - Buffer.byteLength(note)
  if (room <= 0) return ""
  const whole = Buffer.from(text).subarray(0, room).toString("utf8")
  // Cut at a line, so that no character and no row of a table is cut open.
  return `${whole.slice(0, whole.lastIndexOf("\n"))}${note}`
}
