import { join } from "node:path"
import { show } from "../../api/graph.ts"
import { defineCommand } from "../command.ts"
import { openEditor } from "../editor.ts"
import { revisionTarget } from "../revision-target.ts"

export const edit = defineCommand({
  name: "edit",
  description:
    "Opens the file of a revision in the editor: the setting `editor`, else `VISUAL`, else `EDITOR`. One that was applied somewhere should not change any more; put the change into a new revision.",
  operands: {
    revision: { default: "head", help: "An id or its beginning, `head`, `current`, `-1`" },
  },
  examples: [
    { line: "edit", says: "the newest revision" },
    { line: "edit 4f2a", says: "the one whose id begins so" },
  ],
  async run(_, { revision: word }, context) {
    const { revision } = await show({ ...(await revisionTarget(word, context)), revision: word })
    const { root, editor } = await context.configuration()
    await openEditor(join(root, revision.file), editor, context.io)
    return { result: { revision: revision.id, file: revision.file }, text: revision.file }
  },
})
