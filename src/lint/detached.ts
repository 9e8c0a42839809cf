import { quoteIdentifier } from "../sql/identifier.ts"
import type { KnownRelation, Observation } from "../trace/observation.ts"

/** Names of the partitions that statements have detached. */
export function detachedBy(
  observations: readonly Observation[],
  known: readonly KnownRelation[],
): ReadonlySet<string> {
  const named = new Set(
    observations.flatMap(({ node, error }) =>
      node === undefined || error !== undefined || !("AlterTableStmt" in node)
        ? []
        : (node.AlterTableStmt.cmds ?? []).flatMap((each) => {
            const { subtype = "", def } = "AlterTableCmd" in each ? each.AlterTableCmd : {}
            if (!subtype.startsWith("AT_DetachPartition") || def === undefined) return []
            return "PartitionCmd" in def ? [def.PartitionCmd.name?.relname ?? ""] : []
          }),
    ),
  )
  return new Set(
    known
      .filter(
        ({ oid, root, name }) =>
          root !== oid && [...named].some((each) => name.endsWith(`.${quoteIdentifier(each)}`)),
      )
      .map(({ name }) => name),
  )
}
