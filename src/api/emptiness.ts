import { type Diagnostic, diagnostic } from "../diagnostic.ts"
import type { RevisionFolder } from "../revisions/folder.ts"

/** An empty folder is that of a new project, or of an image into which nothing was copied. */
export function emptiness(folder: Pick<RevisionFolder, "count" | "repeatables">): readonly Diagnostic[] {
  if (folder.count > 0 || folder.repeatables.length > 0) return []
  return [
    diagnostic("warning", "no-revisions", "the folder of revisions is empty", {
      hint: 'lockstep new "..." writes the first; in an image, check that the Dockerfile copies them',
    }),
  ]
}
