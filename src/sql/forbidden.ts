import type { AlterTableCmd, DefElem, Node, RangeVar } from "libpg-query"
import { type NodeKind, type NodeOf, open } from "./parser.ts"
import type { Effect, QualifiedName } from "./step.ts"

/** Why PostgreSQL refuses a statement inside a transaction block, and how its outcome is looked up. */
export interface Forbidden {
  readonly because: string
  readonly effect: Effect
}

/**
 * Returns why a statement cannot run inside a transaction block, or undefined where it can.
 *
 * What the parse tree does not show is taken for allowed: REINDEX and CLUSTER of a partitioned table, and whatever the
 * parser does not understand. The server then refuses it with SQLSTATE 25001, and nothing has happened.
 *
 * @param earlier gives the statements before it in the same revision
 */
export function forbidden(node: Node, earlier: Earlier): Forbidden | undefined {
  const { kind, fields } = open(node)
  return rules[kind]?.(fields, earlier)
}

type Rules = {
  readonly [Kind in NodeKind]?: (node: NodeOf<Kind>, earlier: Earlier) => Forbidden | undefined
}

type Earlier = () => readonly (Node | undefined)[]

/** The statements that call PreventInTransactionBlock() in PostgreSQL's source, by node of the parse tree. */
const rules: Rules = {
  IndexStmt: ({ concurrent, relation, idxname }) => {
    if (!concurrent) return undefined
    const name = idxname === undefined ? {} : { name: idxname }
    return cannot("CREATE INDEX CONCURRENTLY", { kind: "create-index", table: nameOf(relation), ...name })
  },

  DropStmt: ({ concurrent, removeType, objects }) => {
    if (!concurrent || removeType !== "OBJECT_INDEX") return undefined
    return cannot("DROP INDEX CONCURRENTLY", { kind: "drop-index", indexes: (objects ?? []).map(nameOfList) })
  },

  ReindexStmt: ({ kind, relation, params }) => {
    const concurrently = isOn(option(params, "concurrently"))
    const target =
      kind === "REINDEX_OBJECT_INDEX" ? "index" : kind === "REINDEX_OBJECT_TABLE" ? "table" : "other"
    if (!concurrently && target !== "other") return undefined
    const what = concurrently ? "CONCURRENTLY" : (kind?.replace("REINDEX_OBJECT_", "") ?? "")
    const name = relation === undefined ? {} : { name: nameOf(relation) }
    return cannot(`REINDEX ${what}`, { kind: "reindex", target, ...name })
  },

  VacuumStmt: ({ is_vacuumcmd }) => (is_vacuumcmd ? cannot("VACUUM", repeatable) : undefined),
  ClusterStmt: ({ relation }) => (relation === undefined ? cannot("CLUSTER", repeatable) : undefined),
  AlterSystemStmt: () => cannot("ALTER SYSTEM", repeatable),
  DiscardStmt: ({ target }) => (target === "DISCARD_ALL" ? cannot("DISCARD ALL", repeatable) : undefined),

  CreatedbStmt: ({ dbname = "" }) => cannot("CREATE DATABASE", { kind: "create-database", name: dbname }),
  DropdbStmt: ({ dbname = "" }) => cannot("DROP DATABASE", { kind: "drop-database", name: dbname }),
  AlterDatabaseStmt: ({ options }) =>
    option(options, "tablespace") === undefined
      ? undefined
      : cannot("ALTER DATABASE SET TABLESPACE", repeatable),
  CreateTableSpaceStmt: ({ tablespacename = "" }) =>
    cannot("CREATE TABLESPACE", { kind: "create-tablespace", name: tablespacename }),
  DropTableSpaceStmt: ({ tablespacename = "" }) =>
    cannot("DROP TABLESPACE", { kind: "drop-tablespace", name: tablespacename }),

  AlterTableStmt: ({ relation, cmds }) => {
    // FINALIZE completes an interrupted DETACH CONCURRENTLY, and may run in a transaction.
    const partition = commandsOf(cmds)
      .map(detachedConcurrently)
      .find((name) => name !== undefined)
    if (partition === undefined) return undefined
    const effect = {
      kind: "detach-partition",
      parent: nameOf(relation),
      partition: nameOf(partition),
    } as const
    return cannot("ALTER TABLE ... DETACH CONCURRENTLY", effect)
  },

  CreateSubscriptionStmt: ({ subname = "", options }) => {
    const createSlot = option(options, "create_slot")
    const creates = createSlot === undefined ? isOn(option(options, "connect"), true) : isOn(createSlot)
    if (!creates) return undefined
    const effect = { kind: "create-subscription", name: subname } as const
    return cannot("CREATE SUBSCRIPTION ... WITH (create_slot = true)", effect)
  },

  AlterSubscriptionStmt: ({ kind, options }) => {
    if (kind === "ALTER_SUBSCRIPTION_REFRESH") {
      return cannot("ALTER SUBSCRIPTION ... REFRESH", repeatable)
    }
    if (kind === "ALTER_SUBSCRIPTION_OPTIONS") {
      const twoPhase = option(options, "two_phase")
      if (option(options, "failover") !== undefined)
        return cannot("ALTER SUBSCRIPTION ... SET (failover)", repeatable)
      if (twoPhase !== undefined && !isOn(twoPhase))
        return cannot("ALTER SUBSCRIPTION ... SET (two_phase)", repeatable)
      return undefined
    }
    if (!kind?.endsWith("_PUBLICATION") || !isOn(option(options, "refresh"), true)) return undefined
    const effect = kind === "ALTER_SUBSCRIPTION_SET_PUBLICATION" ? repeatable : unknown
    return cannot("ALTER SUBSCRIPTION with refresh", effect)
  },

  DropSubscriptionStmt: ({ subname = "" }, earlier) =>
    earlier().some((node) => node !== undefined && leavesWithoutSlot(node, subname))
      ? undefined
      : cannot("DROP SUBSCRIPTION", { kind: "drop-subscription", name: subname }),

  TransactionStmt: ({ kind }) => {
    if (kind === "TRANS_STMT_COMMIT_PREPARED") return cannot("COMMIT PREPARED", unknown)
    if (kind === "TRANS_STMT_ROLLBACK_PREPARED") return cannot("ROLLBACK PREPARED", unknown)
    return undefined
  },
}

const repeatable: Effect = { kind: "repeatable" }
const unknown: Effect = { kind: "unknown" }

function cannot(what: string, effect: Effect): Forbidden {
  return { because: `${what} cannot run inside a transaction block`, effect }
}

/** A subscription without a slot can be dropped in a transaction; `SET (slot_name = NONE)` is how one gets there. */
function leavesWithoutSlot(node: Node, subscription: string): boolean {
  const statement =
    "AlterSubscriptionStmt" in node
      ? node.AlterSubscriptionStmt
      : "CreateSubscriptionStmt" in node
        ? node.CreateSubscriptionStmt
        : undefined
  return statement?.subname === subscription && textOf(option(statement.options, "slot_name")) === "none"
}

function commandsOf(cmds: readonly Node[] | undefined): AlterTableCmd[] {
  return (cmds ?? []).flatMap((node) => ("AlterTableCmd" in node ? [node.AlterTableCmd] : []))
}

function detachedConcurrently({ subtype, def }: AlterTableCmd): RangeVar | undefined {
  if (subtype !== "AT_DetachPartition" || def === undefined || !("PartitionCmd" in def)) return undefined
  return def.PartitionCmd.concurrent ? def.PartitionCmd.name : undefined
}

/** The option of that name; where it is written twice, PostgreSQL either takes the last or refuses the statement. */
function option(options: readonly Node[] | undefined, name: string): DefElem | undefined {
  return (options ?? [])
    .flatMap((node) => ("DefElem" in node ? [node.DefElem] : []))
    .findLast(({ defname }) => defname === name)
}

/** The value of a switch as PostgreSQL reads it: written without a value it is on. */
function isOn(element: DefElem | undefined, byDefault = false): boolean {
  if (element === undefined) return byDefault
  const { arg } = element
  if (arg === undefined) return true
  if ("Integer" in arg) return arg.Integer.ival === 1
  if ("Boolean" in arg) return arg.Boolean.boolval === true
  return /^(?:true|on)$/i.test(textOf(element) ?? "")
}

function textOf(element: DefElem | undefined): string | undefined {
  const arg = element?.arg
  return arg !== undefined && "String" in arg ? arg.String.sval : undefined
}

function nameOf(relation: RangeVar | undefined): QualifiedName {
  const { schemaname, relname = "" } = relation ?? {}
  return schemaname === undefined ? { name: relname } : { schema: schemaname, name: relname }
}

function nameOfList(node: Node): QualifiedName {
  return qualifiedName("List" in node ? node.List.items : [])
}

/** The name that a list of strings spells: `schema.name`, or `database.schema.name`. */
export function qualifiedName(parts: readonly Node[] | undefined): QualifiedName {
  const names = (parts ?? []).map((part) => ("String" in part ? (part.String.sval ?? "") : ""))
  const name = names.at(-1) ?? ""
  const schema = names.at(-2)
  return schema === undefined ? { name } : { schema, name }
}
