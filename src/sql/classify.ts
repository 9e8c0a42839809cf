import type { Node } from "libpg-query"
import { ToolError } from "../diagnostic.ts"
import { isAdditive, isSetConfig } from "./additive.ts"
import { mayUseValue } from "./enum-value.ts"
import { firstWordsSettle } from "./first-words.ts"
import { type Forbidden, forbidden, qualifiedName } from "./forbidden.ts"
import { qualified } from "./identifier.ts"
import { locate } from "./locate.ts"
import { loadParser, type Parse, type ParsedStatement } from "./parser.ts"
import type { Statement } from "./statements.ts"
import type { Step } from "./step.ts"
import { unwrap } from "./transaction-block.ts"

/** The statements of a revision as steps, and how they can run. */
export interface Classification {
  /** In order; without the revision's own BEGIN and COMMIT. */
  readonly steps: readonly Step[]
  /**
   * `transaction`: every statement may run in one. `steps`: none of them may, besides statements such as SET or
   * ANALYZE that go with either. `mixed`: see `refuseMixed`.
   */
  readonly mode: "transaction" | "steps" | "mixed"
  /** Where the mode is `mixed`: the first statement of each sort. */
  readonly conflict?: { readonly forbidden: Step; readonly ordinary: Step }
  /** The revision has its own BEGIN and COMMIT, around all of it or a part. */
  readonly ownsTransaction: boolean
  /**
   * Code of before is certain to run against the schema of after: an `expand`. False: it is not certain. Found out when
   * it is first asked for.
   */
  readonly additive: boolean
}

/** How the revision says that it runs. */
export interface ClassifyOptions {
  /** The `transaction` key of its header. Default: `auto`. */
  readonly transaction?: "auto" | "none"
  /** 150018 for 15.18, where the server is known. Default: the newest. */
  readonly serverVersion?: number
}

/**
 * Makes steps of statements, with PostgreSQL's own parser unless their first words settle all. A statement that it
 * does not understand is an ordinary step: newer syntax runs too.
 *
 * ALTER TYPE ... ADD VALUE runs in a transaction, but the new value cannot be used before the commit (55P04). So it
 * counts as one that cannot when a later statement may use the value, unless the type is created here too and the
 * server is 17 or newer.
 *
 * @throws ToolError `transaction-control` (see `unwrap`), and `cannot-run-in-transaction` for a statement between BEGIN
 * and COMMIT that PostgreSQL refuses there
 */
export async function classify(
  statements: readonly Statement[],
  options: ClassifyOptions = {},
): Promise<Classification> {
  const settled = options.transaction === "none" ? undefined : await classifyByFirstWords(statements)
  if (settled !== undefined) return settled
  const parse = await loadParser()
  const parsed = statements.map((statement) => ({ statement, node: parse(statement.sql) }))
  const { statements: body, block } = unwrap(parsed, options.transaction ?? "auto")
  const nodes = body.map(({ node }) => node)
  const verdicts = body.map(({ node }, index) =>
    node === undefined
      ? undefined
      : (forbidden(node, () => nodes.slice(0, index)) ?? enumValueUsedLater(node, body, index, options)),
  )
  const inBlock = body.findIndex((each, index) => block.has(each) && verdicts[index] !== undefined)
  if (inBlock !== -1)
    throw refusedInBlock(body[inBlock]?.statement as Statement, verdicts[inBlock] as Forbidden)
  const steps = body.map(({ statement, node }, index) => stepOf(statement, node, verdicts[index]))
  return {
    steps,
    ...modeOf(body, steps),
    ownsTransaction: parsed.length > body.length,
    additive: isAdditive(body),
  }
}

async function classifyByFirstWords(statements: readonly Statement[]): Promise<Classification | undefined> {
  const settled = statements.map(({ sql }) => firstWordsSettle(sql))
  if (settled.includes(undefined)) return undefined
  return new SettledClassification(statements, settled.includes("runs") ? await loadParser() : undefined)
}

/** A class, because thousands are kept until they run, and an object with a getter of its own takes ten times as much. */
class SettledClassification implements Classification {
  readonly steps: readonly (Statement & Step)[]
  readonly mode = "transaction"
  readonly ownsTransaction = false
  readonly #parse: Parse | undefined
  #additive: boolean | undefined

  /** @param parse where the first words do not settle what the statements add */
  constructor(statements: readonly Statement[], parse: Parse | undefined) {
    this.steps = statements.map((statement) => ({ transaction: "allowed", ...statement }))
    this.#parse = parse
  }

  get additive(): boolean {
    this.#additive ??=
      this.#parse === undefined ||
      isAdditive(this.steps.map((statement) => ({ statement, node: this.#parse?.(statement.sql) })))
    return this.#additive
  }
}

/**
 * Refuses a revision that mixes statements which cannot run in a transaction with ordinary ones.
 *
 * @throws ToolError `mixed-transaction` naming one statement of each sort
 */
export function refuseMixed({ conflict }: Classification, revisionFile: string): void {
  if (conflict === undefined) return
  const { forbidden, ordinary } = conflict
  throw new ToolError(
    "mixed-transaction",
    `${revisionFile} mixes a statement that cannot run in a transaction (line ${forbidden.line}) with ordinary ones (line ${ordinary.line})`,
    {
      location: locate(forbidden, 1),
      details: [
        `line ${forbidden.line}: ${beginningOf(forbidden)}: ${forbidden.because}`,
        `line ${ordinary.line}: ${beginningOf(ordinary)}`,
      ],
      hint: "split it into two revisions, or write `-- transaction: none` in its header to run it statement by statement",
      data: { forbidden: forbidden.line, ordinary: ordinary.line },
    },
  )
}

function stepOf(statement: Statement, node: Node | undefined, verdict: Forbidden | undefined): Step {
  return {
    ...statement,
    ...(verdict === undefined
      ? { transaction: "allowed" as const }
      : { transaction: "forbidden" as const, because: verdict.because, effect: verdict.effect }),
    ...(node !== undefined && setsSession(node) ? { session: true as const } : {}),
  }
}

function modeOf(
  body: readonly ParsedStatement[],
  steps: readonly Step[],
): Pick<Classification, "mode" | "conflict"> {
  const forbidden = steps.find(({ transaction }) => transaction === "forbidden")
  if (forbidden === undefined) return { mode: "transaction" }
  const ordinary = steps.find(
    (step, index) => step.transaction === "allowed" && !goesWithEither(body[index]?.node),
  )
  return ordinary === undefined ? { mode: "steps" } : { mode: "mixed", conflict: { forbidden, ordinary } }
}

/** SET, RESET, and set_config() as pg_dump writes it: they change nothing but the session. */
function setsSession(node: Node): boolean {
  return "VariableSetStmt" in node || ("SelectStmt" in node && isSetConfig(node.SelectStmt))
}

/** Statements that gain nothing from a transaction and do no harm when they run twice. */
function goesWithEither(node: Node | undefined): boolean {
  if (node === undefined) return false
  return setsSession(node) || "VacuumStmt" in node || "VariableShowStmt" in node || "CheckPointStmt" in node
}

function enumValueUsedLater(
  node: Node,
  body: readonly ParsedStatement[],
  index: number,
  { serverVersion = Number.POSITIVE_INFINITY }: ClassifyOptions,
): Forbidden | undefined {
  if (!("AlterEnumStmt" in node) || node.AlterEnumStmt.oldVal !== undefined) return undefined
  const { typeName, newVal: value = "" } = node.AlterEnumStmt
  const type = qualifiedName(typeName)
  const created =
    serverVersion >= 170_000 && body.slice(0, index).some(({ node }) => createsEnum(node, qualified(type)))
  if (created || !body.slice(index + 1).some((later) => mayUseValue(later.statement, later.node, value)))
    return undefined
  return {
    because: `New enum values must be committed before they can be used: a later statement uses '${value}'`,
    effect: { kind: "enum-value", type, value },
  }
}

function createsEnum(node: Node | undefined, name: string): boolean {
  if (node === undefined || !("CreateEnumStmt" in node)) return false
  return qualified(qualifiedName(node.CreateEnumStmt.typeName)) === name
}

function refusedInBlock(statement: Statement, { because }: Forbidden): ToolError {
  return new ToolError(
    "cannot-run-in-transaction",
    `${statement.file} line ${statement.line}: ${because}, and it stands between BEGIN and COMMIT`,
    {
      location: locate(statement, 1),
      hint: "take it out of the block into a revision of its own; nothing has run",
    },
  )
}

function beginningOf({ sql }: Step): string {
  const words = sql.slice(0, 200).replace(/\s+/g, " ")
  return words.length > 60 ? `${words.slice(0, 59)}…` : words
}
