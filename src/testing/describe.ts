import { check } from "../api/check.ts"
import type { ProjectOptions } from "../api/options.ts"
import { openProject } from "../api/project.ts"
import { openRehearsal, type Rehearsal } from "../api/rehearsal.ts"
import { upgrade } from "../api/upgrade.ts"
import type { Catalog } from "../catalog/catalog.ts"
import { changesBetween, describeChanges } from "../diff/object-change.ts"
import type { Revision } from "../revisions/revision.ts"
import { openScratch, type Scratch, type ScratchOptions } from "../scratch/scratch.ts"

/** What a test runner offers: that of Vitest, of `node:test`, of Jest. */
export interface TestRunner {
  readonly describe: (name: string, body: () => void) => unknown
  readonly test: (name: string, body: () => Promise<void>) => unknown
  readonly afterAll?: (body: () => Promise<void>) => unknown
  /** The name that `node:test` has for it. */
  readonly after?: (body: () => Promise<void>) => unknown
}

export interface DescribeRevisionsOptions extends ProjectOptions {
  /** The runner's functions. Default: Vitest where it runs this file, else `node:test`. */
  readonly runner?: TestRunner
  /** SQL that is run right before or after a revision, by its id, so that the later ones meet rows. */
  readonly data?: {
    readonly before?: Readonly<Record<string, string>>
    readonly after?: Readonly<Record<string, string>>
  }
  /** Files and folders of SQL that the revisions must lead to. Default: the folder `schema`, where it exists. */
  readonly schema?: readonly string[]
  /** The snapshot that must be fresh, relative to the root; false for none. Default: `schema.sql`, where it exists. */
  readonly snapshotFile?: string | false
  /** Revisions whose rollback is not tried. Default: none. */
  readonly skipRollback?: readonly string[]
  /** Where the databases are made. Default: an embedded server. */
  readonly scratch?: ScratchOptions
}

/**
 * Registers a suite of tests about a folder of revisions: one head; each revision, as a test of its own, applies to a
 * database with the rows of `data`, and its rollback leaves no trace; all of them go down to the base and up again; a second
 * upgrade has nothing to do; the snapshot is fresh; the schema that is wanted is what they lead to.
 *
 * @example
 * await describeRevisions({ data: { after: { "4f2a9c1b7d3e": "insert into users (name) values ('Ada')" } } })
 */
export async function describeRevisions(options: DescribeRevisionsOptions = {}): Promise<void> {
  const runner = options.runner ?? (await currentRunner())
  const project = await openProject(options)
  const { revisions, heads } = project.folder
  const place = revisions[0]?.file.split("/").slice(0, -1).join("/") ?? "migrations"
  runner.describe(`revisions in ${place}`, () => {
    const walk = new Walk(options)
    const { test } = runner
    const end = () => walk[Symbol.asyncDispose]()
    if (runner.afterAll !== undefined) runner.afterAll(end)
    else runner.after?.(end)

    test("there is one head", async () => {
      if (heads.length > 1) fail(`there are ${heads.length}: ${heads.map(({ id }) => id).join(", ")}`)
    })
    for (const revision of revisions) {
      const name = `${revision.id} ${revision.title}`
      test(`${name}: applies`, () => walk.apply(revision))
      if (revision.rollback === "sql" && !(options.skipRollback ?? []).includes(revision.id))
        test(`${name}: its rollback leaves no trace, and it applies again`, () => walk.undo(revision))
    }
    if (
      revisions.length > 1 &&
      revisions.every(({ rollback }) => rollback === "sql") &&
      !options.skipRollback?.length
    )
      test("all of them go down to the base, one by one, and up again", () => walk.roundTrip(revisions))
    test("applied again, there is nothing to do", () => walk.repeat())
    if (options.snapshotFile !== false) test("the snapshot is fresh", () => walk.compare("snapshot"))
    test("the schema that is wanted is what they lead to", () => walk.compare("schema"))
  })
}

/** One database on which the tests of a suite go forward together. */
class Walk implements AsyncDisposable {
  readonly #options: DescribeRevisionsOptions
  #scratch: Scratch | undefined
  #rehearsal: Rehearsal | undefined
  #before: Catalog | undefined
  /** What the last test that failed leaves the others without. */
  #broken: string | undefined

  constructor(options: DescribeRevisionsOptions) {
    this.#options = options
  }

  async #open(): Promise<Rehearsal> {
    if (this.#broken !== undefined) fail(`not reached: ${this.#broken} failed`)
    this.#scratch ??= await openScratch({
      ...(this.#options.root === undefined ? {} : { root: this.#options.root }),
      ...this.#options.scratch,
    })
    this.#rehearsal ??= await openRehearsal(await openProject(this.#options), this.#scratch, {})
    return this.#rehearsal
  }

  async apply(revision: Revision): Promise<void> {
    const rehearsal = await this.#open()
    const { before, after } = this.#options.data ?? {}
    try {
      await this.#insert(rehearsal, before?.[revision.id])
      this.#before = await rehearsal.catalog()
      await rehearsal.run(revision, "up")
      // Rows that come with a revision must survive it; whoever undoes it takes them along.
      if (revision.rollback !== "sql") await this.#insert(rehearsal, after?.[revision.id])
    } catch (error) {
      this.#broken = revision.id
      throw error
    }
  }

  async undo(revision: Revision): Promise<void> {
    const rehearsal = await this.#open()
    let left: readonly string[] = []
    try {
      await rehearsal.run(revision, "down")
      left = describeChanges(changesBetween(this.#before as Catalog, await rehearsal.catalog()))
      await rehearsal.run(revision, "up")
      await this.#insert(rehearsal, this.#options.data?.after?.[revision.id])
    } catch (error) {
      this.#broken = revision.id
      // What was left behind is why it does not run again.
      if (left.length === 0) throw error
    }
    if (left.length > 0) throw new Error(`the rollback of ${revision.id} leaves a trace:\n${left.join("\n")}`)
  }

  async repeat(): Promise<void> {
    await this.#open()
    await using database = await (this.#scratch as Scratch).database()
    const target = { ...projectOptions(this.#options), connect: database.connect, to: "heads" }
    await upgrade(target)
    const { applied } = await upgrade(target)
    if (applied.length > 0) fail(`applied again: ${applied.map(({ id }) => id).join(", ")}`)
  }

  /** With the rows that have come in meanwhile, and to the same catalog. */
  async roundTrip(revisions: readonly Revision[]): Promise<void> {
    const rehearsal = await this.#open()
    const before = await rehearsal.catalog()
    let at = ""
    try {
      for (const revision of [...revisions].reverse()) {
        at = `${revision.id}, downward`
        await rehearsal.run(revision, "down")
      }
      for (const revision of revisions) {
        at = `${revision.id}, upward again`
        await rehearsal.run(revision, "up")
        await this.#insert(rehearsal, this.#options.data?.after?.[revision.id])
      }
    } catch (error) {
      this.#broken = at
      throw new Error(`${at}: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
    }
    const left = describeChanges(changesBetween(before, await rehearsal.catalog()))
    if (left.length > 0) fail(`the catalog is another one afterwards:\n${left.join("\n")}`)
  }

  async compare(guard: "snapshot" | "schema"): Promise<void> {
    const { schema, snapshotFile, scratch } = this.#options
    const { guards } = await check({
      ...projectOptions(this.#options),
      only: [guard],
      ...(schema === undefined ? {} : { schema }),
      ...(typeof snapshotFile === "string" ? { snapshotFile } : {}),
      ...(scratch === undefined ? {} : { scratch }),
    })
    const no = guards.filter(({ verdict }) => verdict === "no")
    if (no.length > 0)
      fail(
        no
          .flatMap(({ guard, evidence, findings = [] }) => [
            `${guard}: ${evidence}`,
            ...findings.flatMap(({ message, details = [] }) => [message, ...details]),
          ])
          .join("\n"),
      )
  }

  async #insert({ database: { connect } }: Rehearsal, sql: string | undefined): Promise<void> {
    if (sql === undefined) return
    const connection = await connect()
    try {
      await connection.run(sql)
    } finally {
      await connection.close()
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#rehearsal?.[Symbol.asyncDispose]()
    await this.#scratch?.[Symbol.asyncDispose]()
  }
}

function projectOptions(options: DescribeRevisionsOptions): ProjectOptions {
  const { root, migrations, format, variables, names, cache } = options
  return Object.fromEntries(
    Object.entries({ root, migrations, format, variables, names, cache }).filter(
      ([, value]) => value !== undefined,
    ),
  )
}

function fail(message: string): never {
  throw new Error(message)
}

/** Vitest marks the processes and threads in which it runs tests. */
async function currentRunner(): Promise<TestRunner> {
  if (!("__vitest_worker__" in globalThis)) return (await import("node:test")) as TestRunner
  return (await import("vitest")) as unknown as TestRunner
}
