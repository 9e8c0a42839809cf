import { ToolError } from "../diagnostic.ts"
import { deleteApplied, deleteSteps, insertApplied } from "../history/record.ts"
import type { Revision, RevisionScript } from "../revisions/revision.ts"
import { type Classification, classify, refuseMixed } from "../sql/classify.ts"
import type { Source } from "../sql/source.ts"
import { splitStatements } from "../sql/statements.ts"
import type { Step } from "../sql/step.ts"
import type { Direction } from "./event.ts"
import type { Rows } from "./execute.ts"
import { loadProgram, programBody } from "./program.ts"
import type { Work } from "./work.ts"

export interface BuildOptions {
  /** Schema of the history tables. */
  readonly schema: string
  /** Reads the revision's text, with variables replaced. */
  readonly readScript: (revision: Revision) => Promise<RevisionScript>
  /** Absolute path of the project's root, for TypeScript revisions. */
  readonly root: string
  /** As in `server_version_num`. Default: the newest, where no server is asked. */
  readonly serverVersion?: number
}

/**
 * Makes a revision ready to run in one direction: reads it, splits and classifies it, and decides between one
 * transaction and step by step.
 *
 * @throws ToolError `mixed-transaction`, `cannot-run-in-transaction`, `transaction-control`, `no-rollback`, and what
 *   reading and splitting throw; nothing has run then
 */
export async function buildWork(
  revision: Revision,
  direction: Direction,
  options: BuildOptions,
): Promise<Work> {
  const script = await options.readScript(revision)
  return revision.language === "typescript"
    ? buildProgram(revision, direction, options)
    : buildSql(revision, script, direction, options)
}

async function buildSql(
  revision: Revision,
  script: RevisionScript,
  direction: Direction,
  options: BuildOptions,
): Promise<Work> {
  const source = direction === "up" ? script.up : script.down
  if (source === undefined) throw noRollback(revision, script.noRollback)
  const classification = await classify(splitStatements(source), {
    transaction: revision.transaction,
    ...serverOf(options),
  })
  if (direction === "up") refuseEmpty(revision, classification.steps)
  const mode = modeOf(revision, classification)
  const verify = direction === "up" ? await statements(script.verify) : none
  return new SqlWork({ revision, direction, mode, verify, schema: options.schema }, classification)
}

const none: readonly Step[] = []

/** A class, because ten thousand may wait, and closures and getters of each would take more than its statements. */
class SqlWork implements Work {
  readonly revision: Revision
  readonly direction: Direction
  readonly mode: Work["mode"]
  readonly verify: readonly Step[]
  readonly #schema: string
  readonly #classification: Classification

  constructor(
    facts: Pick<Work, "revision" | "direction" | "mode" | "verify"> & { readonly schema: string },
    classification: Classification,
  ) {
    this.revision = facts.revision
    this.direction = facts.direction
    this.mode = facts.mode
    this.verify = facts.verify
    this.#schema = facts.schema
    this.#classification = classification
  }

  get steps(): readonly Step[] {
    return this.#classification.steps
  }

  get count(): number {
    return this.steps.length
  }

  get compatible(): boolean {
    return isCompatible(this.revision, this.#classification)
  }

  async *body(): AsyncGenerator<Step, void, Rows> {
    for (const step of this.steps) yield step
  }

  record(runId: string): string {
    return recordText(this, runId, this.#schema)
  }
}

/**
 * A file that `lockstep new` has just written holds a place for its statements. Applied like that, it could not be
 * filled any more. Files of other tools are taken as they are.
 */
function refuseEmpty({ id, parents, file, format }: Revision, steps: readonly Step[]): void {
  if (steps.length > 0 || parents.length > 1 || format !== "lockstep") return
  throw new ToolError("empty-revision", `revision ${id} has no statements`, {
    subject: id,
    location: { file, line: 1 },
    hint: `write them into ${file}; if it is empty on purpose, write "select 1;"`,
  })
}

async function statements(source: Source | undefined): Promise<readonly Step[]> {
  return source === undefined ? [] : (await classify(splitStatements(source))).steps
}

function serverOf({ serverVersion }: BuildOptions): { readonly serverVersion?: number } {
  return serverVersion === undefined ? {} : { serverVersion }
}

function modeOf(revision: Revision, classification: Classification): Work["mode"] {
  if (revision.transaction === "none") return "steps"
  refuseMixed(classification, revision.file)
  return classification.mode === "steps" ? "steps" : "transaction"
}

async function buildProgram(revision: Revision, direction: Direction, options: BuildOptions): Promise<Work> {
  const program = await loadProgram(options.root, revision)
  const generate = direction === "up" ? program.up : program.down
  if (generate === undefined) throw noRollback(revision, program.noRollback)
  const mode = revision.transaction === "none" ? "steps" : "transaction"
  const work: Work = {
    revision,
    direction,
    mode,
    body: programBody(revision, generate),
    verify: [],
    compatible: isCompatible(revision, { additive: false }),
    record: (runId) => recordText(work, runId, options.schema),
  }
  return work
}

/** What the history is told when the revision is done. */
function recordText(
  { revision, direction, mode, compatible, steps: known }: Work,
  runId: string,
  schema: string,
): string {
  if (direction === "up") {
    const statements = known?.map(({ sql }) => sql)
    return insertApplied(schema, runId, revision, { compatible, mode, statements })
  }
  const steps = mode === "steps" ? `;\n${deleteSteps(schema, revision.id, "down")}` : ""
  return deleteApplied(schema, runId, revision.id, "reverted") + steps
}

/**
 * Whether code that was built before the revision still works after it: what its phase says, or else whether every
 * statement only adds. Nothing is taken for compatible on a guess: an older image would report itself ready.
 */
export function isCompatible(revision: Revision, classification: Pick<Classification, "additive">): boolean {
  return revision.phase === undefined ? classification.additive : revision.phase !== "contract"
}

function noRollback(revision: Revision, reason: string | undefined): ToolError {
  return new ToolError(
    "no-rollback",
    reason === undefined
      ? `revision ${revision.id} has no rollback section`
      : `revision ${revision.id} cannot be undone: ${reason}`,
    {
      subject: revision.id,
      location: { file: revision.file, line: 1 },
      hint: `add a "-- rollback" section to ${revision.file}, or compensate with lockstep revert ${revision.id}`,
    },
  )
}
