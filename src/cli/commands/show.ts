import { show as readRevision, type ShowResult } from "../../api/graph.ts"
import type { Colors } from "../../report/colors.ts"
import { printTable } from "../../report/table.ts"
import { defineCommand } from "../command.ts"
import { revisionTarget } from "../revision-target.ts"

export const show = defineCommand({
  name: "show",
  description:
    "Prints one revision: its facts and its text in sections. A database is asked only for words that count from what is applied.",
  operands: {
    revision: { required: true, help: "An id or its beginning, `head`, `current`, `-1`, `<label>@head`" },
  },
  examples: [
    { line: "show head", says: "the newest revision" },
    { line: "show current", says: "the one that the database is at" },
  ],
  async run(_, { revision }, context) {
    const result = await readRevision({ ...(await revisionTarget(revision, context)), revision })
    return { result, verbatim: true, text: (paint) => showText(result, paint) }
  },
})

function showText({ revision, isHead, children, script }: ShowResult, paint: Colors): string {
  const { id, parents, dependsOn, labels, title, file, phase, version, author, created, why, checksum } =
    revision
  const rows: [string, string | undefined][] = [
    ["revision", `${paint.yellow(id)}${isHead ? " (head)" : ""}`],
    ["title", title],
    ["file", file],
    ["parents", parents.length === 0 ? "none (base)" : parents.join(", ")],
    ["children", children.map((child) => child.id).join(", ")],
    ["depends on", dependsOn.join(", ")],
    ["branch", labels.join(", ")],
    ["phase", phase],
    ["version", version],
    ["author", author],
    ["created", created],
    ["why", why],
    ["rollback", rollbackText(revision.rollback, script.noRollback)],
    ["checksum", checksum],
  ]
  const facts = printTable(rows.flatMap(([name, value]) => (value ? [[paint.dim(name), value]] : [])))
  const sections: [string, string | undefined][] = [
    ["", script.up.text],
    ["-- verify", script.verify?.text],
    ["-- rollback", script.down?.text],
  ]
  const texts = sections.flatMap(([head, text]) =>
    text === undefined ? [] : [[head && paint.dim(head), text.trim()].filter(Boolean).join("\n")],
  )
  return [facts, ...texts].join("\n\n")
}

function rollbackText(
  rollback: ShowResult["revision"]["rollback"],
  because: string | undefined,
): string | undefined {
  if (rollback === "none") return because === undefined ? "none" : `none, because ${because}`
  return rollback === "missing" ? "missing" : undefined
}
