import type { Node, TransactionStmt } from "libpg-query"
import { ToolError } from "../diagnostic.ts"
import { locate } from "./locate.ts"
import type { ParsedStatement } from "./parser.ts"
import type { Statement } from "./statements.ts"

/** A script without its own BEGIN and COMMIT. */
export interface Unwrapped {
  readonly statements: readonly ParsedStatement[]
  /** Those that stood between BEGIN and COMMIT. */
  readonly block: ReadonlySet<ParsedStatement>
}

/**
 * Takes the script's own BEGIN and COMMIT out, because the runner's transaction takes their place. Savepoints stay.
 *
 * @param transaction "none" where the revision runs without a transaction: then it may not begin one either
 * @throws ToolError `transaction-control` for anything but one plain block
 */
export function unwrap(parsed: readonly ParsedStatement[], transaction: "auto" | "none"): Unwrapped {
  const statements: ParsedStatement[] = []
  const block = new Set<ParsedStatement>()
  let begin: Statement | undefined
  let open = false
  for (const each of parsed) {
    const { statement, node } = each
    switch (controlOf(node)?.kind) {
      case "TRANS_STMT_BEGIN":
      case "TRANS_STMT_START":
        if (transaction === "none")
          throw refused(statement, "begins a transaction, and the revision says `transaction: none`", without)
        if (open) throw refused(statement, "begins a transaction inside another", "remove it")
        if (begin !== undefined) throw refused(statement, "begins a second transaction", split)
        if (!isPlain(controlOf(node)))
          throw refused(statement, "begins a transaction with a mode of its own", mode)
        begin = statement
        open = true
        break
      case "TRANS_STMT_COMMIT":
        if (!open)
          throw refused(
            statement,
            "commits a transaction that the revision did not begin",
            "remove it: Lockstep commits",
          )
        if (controlOf(node)?.chain) throw refused(statement, "commits and begins another transaction", split)
        open = false
        break
      case "TRANS_STMT_ROLLBACK":
        throw refused(
          statement,
          "rolls the transaction back",
          "remove it: whatever fails is rolled back by Lockstep",
        )
      case "TRANS_STMT_PREPARE":
        throw refused(
          statement,
          "prepares the transaction for a two-phase commit",
          "remove it: Lockstep commits",
        )
      default:
        statements.push(each)
        if (open) block.add(each)
    }
  }
  if (open && begin !== undefined) {
    throw refused(
      begin,
      "begins a transaction that the revision does not commit",
      "remove it, or end the revision with COMMIT;",
    )
  }
  return { statements, block }
}

const split = "split the file: each transaction becomes a revision of its own"
const without = "remove it and its COMMIT, or the `transaction: none`"
const mode = "write BEGIN; alone: the transaction is Lockstep's, and its isolation is READ COMMITTED"

function controlOf(node: Node | undefined): TransactionStmt | undefined {
  return node !== undefined && "TransactionStmt" in node ? node.TransactionStmt : undefined
}

/** BEGIN without options, or with those that are the default anyway. */
function isPlain(begin: TransactionStmt | undefined): boolean {
  return (begin?.options ?? []).every((node) => {
    if (!("DefElem" in node)) return false
    const { defname, arg } = node.DefElem
    const value = arg !== undefined && "A_Const" in arg ? arg.A_Const : undefined
    if (defname === "transaction_read_only") return !value?.ival?.ival
    return defname === "transaction_isolation" && value?.sval?.sval === "read committed"
  })
}

function refused(statement: Statement, what: string, hint: string): ToolError {
  const word = statement.sql.slice(0, 40).replace(/\s+/g, " ").toUpperCase()
  return new ToolError("transaction-control", `${statement.file} line ${statement.line}: ${word} ${what}`, {
    location: locate(statement, 1),
    hint,
  })
}
