import type { AlterTableCmd, DefElem, Node } from "libpg-query"
import type { Facts } from "../prove/facts.ts"
import { qualified, quoteIdentifier } from "../sql/identifier.ts"
import type { LoopedChange } from "../sql/loops.ts"
import type { KnownRelation, Observation } from "../trace/observation.ts"
import type { Verdict } from "./finding.ts"
import type { Sizes } from "./size.ts"

export interface StatementContext {
  readonly sizes: Sizes
  readonly known: readonly KnownRelation[]
  readonly before: Facts
  readonly after: Facts
  /** Queries were proven: which names they find is known. */
  readonly proven: boolean
  /** Changes in loops of the statement itself or of the routines that it calls. */
  readonly loops: readonly LoopedChange[]
}

/** Judges what a statement says, for what cannot be seen when it runs. */
export function judgeStatement(observation: Observation, context: StatementContext): readonly Verdict[] {
  const { node } = observation
  if (node === undefined || observation.skipped !== undefined) return []
  // A loop may not end here, for want of the rows that it waits for.
  if (observation.error !== undefined) return loops(context)
  return [
    ...loops(context),
    ...leftovers(observation, context),
    ...triggers(node, context),
    ...columns(node, context),
    ...sequences(node, context),
    ...setsBack(node, context),
    ...weakerLocks(observation, node, context),
    ...searchPath(node, context),
  ]
}

function loops({ loops: changes, known, sizes }: StatementContext): readonly Verdict[] {
  for (const { relation: name } of changes) {
    const relation = name === undefined ? undefined : knownAs(name, known)
    if (name !== undefined && (relation === undefined || !sizes.isLarge(relation))) continue
    return [
      {
        rule: "loop-without-commit",
        ...(relation === undefined ? {} : { relation: relation.name }),
        message: `changes rows${relation === undefined ? "" : ` of ${relation.name}`} in a loop that never commits, so that they stay locked to its end`,
      },
    ]
  }
  return []
}

function knownAs(name: string, known: readonly KnownRelation[]): KnownRelation | undefined {
  return known.find(
    (each) => each.name === name || each.name === `public.${name}` || each.name.endsWith(`.${name}`),
  )
}

/** The notice of IF NOT EXISTS tells the name; whether the index is of use, the catalog. */
function leftovers({ node, notices }: Observation, { before }: StatementContext): readonly Verdict[] {
  if (node === undefined || !("IndexStmt" in node) || !node.IndexStmt.if_not_exists) return []
  const { idxname = "", concurrent } = node.IndexStmt
  if (notices.some(({ sqlState }) => sqlState === "42P07") && before.invalidIndexes.includes(idxname)) {
    return [
      { rule: "invalid-index-kept", message: `skips ${idxname}, which a failed build has left invalid` },
    ]
  }
  return concurrent
    ? [
        {
          rule: "if-not-exists-concurrently",
          message: `would skip an invalid ${idxname} that a failed attempt has left`,
        },
      ]
    : []
}

function triggers(node: Node, { known }: StatementContext): readonly Verdict[] {
  if ("VariableSetStmt" in node && node.VariableSetStmt.name === "session_replication_role") {
    const [value] = node.VariableSetStmt.args ?? []
    const text = value !== undefined && "A_Const" in value ? value.A_Const.sval?.sval : undefined
    if (text === "replica")
      return [
        {
          rule: "triggers-disabled",
          message: "switches foreign keys and triggers off for everything that follows",
        },
      ]
  }
  const { relation, kinds } = alterations(node)
  if (relation === undefined || knownAs(relation, known) === undefined) return []
  if (!kinds.includes("AT_DisableTrigAll") && !kinds.includes("AT_DisableTrigUser")) return []
  const all = kinds.includes("AT_DisableTrigAll")
  return [
    {
      rule: "triggers-disabled",
      severity: all ? "error" : "warning",
      relation,
      message: `switches ${all ? "foreign keys and triggers" : "all triggers"} of ${relation} off, for everybody`,
    },
  ]
}

/** A column that must have a value and has none to give: only a table without rows takes it, as that of a scratch server. */
function columns(node: Node, { known, sizes }: StatementContext): readonly Verdict[] {
  if (!("AlterTableStmt" in node)) return []
  const table = known.find(({ name }) => name === knownAs(alterations(node).relation ?? "", known)?.name)
  if (table === undefined || table.kind === "v" || sizes.rowsOf(table.name) === 0) return []
  return (node.AlterTableStmt.cmds ?? []).flatMap((each): Verdict[] => {
    if (!("AlterTableCmd" in each) || each.AlterTableCmd.subtype !== "AT_AddColumn") return []
    const { def } = each.AlterTableCmd
    if (def === undefined || !("ColumnDef" in def)) return []
    const { colname = "", constraints = [], typeName } = def.ColumnDef
    const kinds = constraints.map((one) => ("Constraint" in one ? one.Constraint.contype : undefined))
    const type = typeName?.names?.at(-1)
    const isSerial = type !== undefined && "String" in type && /serial/.test(type.String.sval ?? "")
    const given = kinds.some(
      (kind) => kind === "CONSTR_DEFAULT" || kind === "CONSTR_IDENTITY" || kind === "CONSTR_GENERATED",
    )
    if (!kinds.includes("CONSTR_NOTNULL") || given || isSerial) return []
    return [
      {
        rule: "column-must-be-given",
        relation: table.name,
        message: `${table.name}.${colname} is NOT NULL and has no default: a table with rows refuses it with 23502`,
      },
    ]
  })
}

function alterations(node: Node): {
  readonly relation: string | undefined
  readonly kinds: readonly string[]
} {
  if (!("AlterTableStmt" in node)) return { relation: undefined, kinds: [] }
  const { relation, cmds = [] } = node.AlterTableStmt
  const commands = cmds.flatMap((each): AlterTableCmd[] =>
    "AlterTableCmd" in each ? [each.AlterTableCmd] : [],
  )
  const name = {
    name: relation?.relname ?? "",
    ...(relation?.schemaname === undefined ? {} : { schema: relation.schemaname }),
  }
  return { relation: qualified(name), kinds: commands.map(({ subtype }) => subtype ?? "") }
}

/** `ALTER SEQUENCE ... RESTART` below what is used, also where the scratch server has no rows to show it. */
function sequences(node: Node, { before, sizes }: StatementContext): readonly Verdict[] {
  if (!("AlterSeqStmt" in node)) return []
  const { sequence, options = [] } = node.AlterSeqStmt
  const restart = options
    .flatMap((each): DefElem[] => ("DefElem" in each ? [each.DefElem] : []))
    .find(({ defname }) => defname === "restart")
  if (restart === undefined) return []
  const name = Object.keys(before.sequences).find(
    (each) => each === `${sequence?.schemaname ?? "public"}.${qualified({ name: sequence?.relname ?? "" })}`,
  )
  const facts = name === undefined ? undefined : before.sequences[name]
  if (facts === undefined) return []
  const rows = facts.table === null ? undefined : sizes.rowsOf(facts.table)
  const used = Math.max((facts.next ?? 1) - 1, facts.largest ?? 0, rows ?? 0)
  const start = startOf(restart)
  if (start !== undefined && start > used && (start > 1 || used > 0)) return []
  return [
    {
      rule: "sequence-restarted",
      ...(facts.table === null ? {} : { relation: facts.table }),
      message: `lets ${name} begin at ${start ?? "its start"} again${used > 0 ? `, and ${used} is in use` : ""}`,
    },
  ]
}

/** `setval('name', 1)` with a constant, where the scratch server has no rows to compare with. */
function setsBack(node: Node, context: StatementContext): readonly Verdict[] {
  if (!("SelectStmt" in node)) return []
  const targets = (node.SelectStmt.targetList ?? []).flatMap((each) =>
    "ResTarget" in each && each.ResTarget.val !== undefined ? [each.ResTarget.val] : [],
  )
  return targets.flatMap((value): Verdict[] => {
    if (!("FuncCall" in value)) return []
    const { funcname = [], args = [] } = value.FuncCall
    const name = funcname.at(-1)
    const [sequence, start] = args
    if (name === undefined || !("String" in name) || name.String.sval !== "setval") return []
    if (sequence === undefined || start === undefined || !("A_Const" in sequence) || !("A_Const" in start))
      return []
    const text = sequence.A_Const.sval?.sval ?? ""
    const facts = context.before.sequences[text] ?? context.before.sequences[`public.${text}`]
    if (facts === undefined || (start.A_Const.ival?.ival ?? 0) > 1) return []
    return [
      {
        rule: "sequence-restarted",
        ...(facts.table === null ? {} : { relation: facts.table }),
        message: `lets ${text} begin again`,
      },
    ]
  })
}

/** A role that looks elsewhere from its next login on, while it has rights in the schema where it looked before. */
function searchPath(node: Node, { before, proven }: StatementContext): readonly Verdict[] {
  if (proven || !("AlterRoleSetStmt" in node)) return []
  const { role, setstmt } = node.AlterRoleSetStmt
  const name = role?.rolename ?? ""
  if (setstmt?.name !== "search_path" || setstmt.kind !== "VAR_SET_VALUE") return []
  const path = (setstmt.args ?? []).map((each) => ("A_Const" in each ? each.A_Const.sval?.sval : undefined))
  const [found] = Object.keys(before.relations).filter(
    (relation) =>
      relation.startsWith("public.") &&
      (before.privileges[`${quoteIdentifier(name)} ${relation}`] ?? "") !== "",
  )
  if (path.includes("public") || found === undefined) return []
  return [
    {
      rule: "name-removed",
      message: `${name} finds no table of the schema public by its name alone any more, ${found} for one`,
    },
  ]
}

function startOf({ arg }: DefElem): number | undefined {
  if (arg === undefined) return undefined
  if ("Integer" in arg) return arg.Integer.ival ?? 0
  return "Float" in arg ? Number(arg.Float.fval) : undefined
}

function weakerLocks(
  { alone, locks }: Observation,
  node: Node,
  { known, sizes }: StatementContext,
): readonly Verdict[] {
  const locked = locks.find(
    ({ relation, mode }) =>
      mode === "AccessExclusiveLock" &&
      (relation.kind === "r" || relation.kind === "p") &&
      sizes.isLarge(relation),
  )
  if (alone || locked === undefined) return []
  const relation = locked.relation.name
  if ("DropStmt" in node && node.DropStmt.removeType === "OBJECT_INDEX") {
    return [
      {
        rule: "weaker-lock-available",
        relation,
        message: `locks everybody out of ${relation} for a moment; DROP INDEX CONCURRENTLY does not`,
      },
    ]
  }
  if (alterations(node).kinds.includes("AT_DetachPartition")) {
    return [
      {
        rule: "weaker-lock-available",
        relation,
        message: `locks everybody out of ${relation} for a moment; DETACH PARTITION ... CONCURRENTLY does not`,
      },
    ]
  }
  if (
    "CreateStmt" in node &&
    node.CreateStmt.partbound !== undefined &&
    known.some(({ name }) => name === relation)
  ) {
    return [
      {
        rule: "weaker-lock-available",
        relation,
        message: `locks everybody out of ${relation} for a moment; CREATE TABLE and then ATTACH PARTITION does not`,
      },
    ]
  }
  return []
}
