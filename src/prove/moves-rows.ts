import type { Node } from "libpg-query"
import { open } from "../sql/parser.ts"

const movers: ReadonlySet<string> = new Set([
  "InsertStmt",
  "UpdateStmt",
  "DeleteStmt",
  "MergeStmt",
  "SelectStmt",
  "CopyStmt",
  "ExecuteStmt",
  "DoStmt",
  "CallStmt",
  "DropStmt",
])

/** Tells whether rows are expected to go elsewhere, or away, by a statement; of one that may do anything too. */
export function movesRows(node: Node | undefined): boolean {
  if (node === undefined || movers.has(open(node).kind)) return true
  return (
    "AlterTableStmt" in node &&
    (node.AlterTableStmt.cmds ?? []).some(
      (each) =>
        "AlterTableCmd" in each && /^AT_(?:Attach|Detach)Partition/.test(each.AlterTableCmd.subtype ?? ""),
    )
  )
}
