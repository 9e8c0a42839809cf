import type { AlterTableCmd, Node, RangeVar } from "libpg-query"
import type { QualifiedName } from "./step.ts"

/** What a statement does that grows with the size of a relation. */
export type WorkKind = "scan" | "rewrite" | "index build" | "modification"

/** Work as the text of a statement names it. */
export interface NamedWork {
  readonly kind: WorkKind
  readonly relation: QualifiedName
}

/**
 * Says what a statement that took long has most likely done, and with which relation: nobody watched it. What it could
 * do without any such work would not have taken long.
 */
export function workNamedBy(node: Node): NamedWork | undefined {
  if ("IndexStmt" in node) return named("index build", node.IndexStmt.relation)
  if ("UpdateStmt" in node) return named("modification", node.UpdateStmt.relation)
  if ("DeleteStmt" in node) return named("modification", node.DeleteStmt.relation)
  if ("AlterTableStmt" in node) {
    const { relation, cmds = [] } = node.AlterTableStmt
    const [only] = cmds
    if (cmds.length !== 1 || only === undefined || !("AlterTableCmd" in only)) return undefined
    const kind = kindOf(only.AlterTableCmd)
    return kind === undefined ? undefined : named(kind, relation)
  }
  return undefined
}

function kindOf({ subtype, def }: AlterTableCmd): WorkKind | undefined {
  switch (subtype) {
    case "AT_AlterColumnType":
    case "AT_AddColumn":
    case "AT_SetExpression":
      return "rewrite"
    case "AT_ValidateConstraint":
    case "AT_SetNotNull":
      return "scan"
    case "AT_AddConstraint": {
      const type = def !== undefined && "Constraint" in def ? def.Constraint.contype : undefined
      return type === "CONSTR_CHECK" || type === "CONSTR_FOREIGN" ? "scan" : "index build"
    }
    default:
      return undefined
  }
}

function named(kind: WorkKind, relation: RangeVar | undefined): NamedWork | undefined {
  const { schemaname, relname } = relation ?? {}
  if (relname === undefined) return undefined
  return {
    kind,
    relation: schemaname === undefined ? { name: relname } : { schema: schemaname, name: relname },
  }
}
