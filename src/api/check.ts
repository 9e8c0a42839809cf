import { existsSync } from "node:fs"
import { resolve } from "node:path"
import type { Catalog } from "../catalog/catalog.ts"
import { ToolError } from "../diagnostic.ts"
import { didYouMean } from "../did-you-mean.ts"
import { openScratch, type Scratch, type ScratchOptions } from "../scratch/scratch.ts"
import { applicationRoleKinds } from "./application-role.ts"
import { loadOnScratch, readScratch } from "./catalog-source.ts"
import { checkOptions, type OptionKinds, projectKinds } from "./check-options.ts"
import { guards } from "./guards/all.ts"
import type { Guard, QueryOptions, Subject, Verdict } from "./guards/guard.ts"
import type { ProjectOptions, SchemaSource } from "./options.ts"
import { openProject, type Project } from "./project.ts"

export interface CheckOptions extends ProjectOptions, QueryOptions {
  /** Where it is said what the schema shall be. Default: the folder `schema`, where it exists. */
  readonly schema?: readonly SchemaSource[]
  /** The snapshot, relative to the root. Default: `schema.sql`. */
  readonly snapshotFile?: string
  /** Guards to ask, by their names. Default: all. */
  readonly only?: readonly string[]
  /** Guards not to ask. Default: none. */
  readonly skip?: readonly string[]
  readonly scratch?: ScratchOptions
  readonly historySchema?: string
}

const checkKinds: OptionKinds<CheckOptions> = {
  ...projectKinds,
  schema: "sources",
  snapshotFile: "text",
  only: "list",
  skip: "list",
  scratch: "object",
  historySchema: "text",
  queries: "objects",
  ...applicationRoleKinds,
  queryFiles: "list",
  since: "text",
}

/** What one guard said. */
export interface GuardReport extends Verdict {
  readonly guard: string
}

export interface CheckResult {
  /** False where a guard said no. */
  readonly ok: boolean
  /** In the order in which they were asked. */
  readonly guards: readonly GuardReport[]
}

/**
 * Asks everything that must hold of a project and needs no live database: sound files, one head, a fresh snapshot, the
 * schema that is wanted, rollbacks that undo. What a guard finds is in the result, not thrown.
 *
 * @throws ToolError `embedded-server-missing` and what else `openScratch` throws, `invalid-option` for a guard that
 *   there is not
 */
export async function check(options: CheckOptions = {}): Promise<CheckResult> {
  checkOptions(options, checkKinds)
  const asked = chosen(options)
  const reports: GuardReport[] = []
  await using subject = subjectOf(options)
  for (const guard of guards) {
    if (!asked.has(guard.name)) continue
    const broken = reports.find((report) => report.guard === guard.after && report.verdict !== "yes")
    const verdict: Verdict =
      broken === undefined
        ? await guard.check(subject)
        : { verdict: "skipped", evidence: `it can be asked when ${broken.guard} says yes` }
    reports.push({ guard: guard.name, ...verdict })
  }
  return { ok: reports.every(({ verdict }) => verdict !== "no"), guards: reports }
}

/** The names of the guards to ask, with those that they build on. */
function chosen({ only, skip = [] }: CheckOptions): ReadonlySet<string> {
  const byName = new Map(guards.map((guard) => [guard.name, guard]))
  for (const name of [...(only ?? []), ...skip]) {
    if (byName.has(name)) continue
    throw new ToolError("invalid-option", `there is no guard "${name}"`, {
      subject: name,
      details: [`guards: ${[...byName.keys()].join(", ")}`],
      hint: didYouMean(name, [...byName.keys()]),
    })
  }
  const names = new Set<string>()
  const add = (guard: Guard | undefined): void => {
    if (guard === undefined) return
    add(byName.get(guard.after ?? ""))
    names.add(guard.name)
  }
  for (const guard of guards) {
    if ((only === undefined || only.includes(guard.name)) && !skip.includes(guard.name)) add(guard)
  }
  return names
}

function subjectOf(options: CheckOptions): Subject & AsyncDisposable {
  const { root = ".", schema, snapshotFile = "schema.sql", historySchema = "lockstep" } = options
  let project: Promise<Project> | undefined
  let scratch: Promise<Scratch> | undefined
  let replayed: Promise<Catalog> | undefined
  const subject: Subject = {
    options,
    schema: schema ?? (existsSync(resolve(root, "schema")) ? ["schema"] : []),
    snapshotFile,
    historySchema,
    project() {
      project ??= openProject(options)
      return project
    },
    scratch() {
      scratch ??= openScratch({ root, ...options.scratch })
      return scratch
    },
    replayed() {
      replayed ??= replay(subject)
      return replayed
    },
  }
  return {
    ...subject,
    async [Symbol.asyncDispose]() {
      await (await scratch?.catch(() => undefined))?.[Symbol.asyncDispose]()
    },
  }
}

async function replay({ options, scratch, historySchema }: Subject): Promise<Catalog> {
  await using database = await loadOnScratch({ kind: "revisions", project: options }, await scratch())
  return await readScratch(database, { ...options, historySchema })
}
