import { writeFileSync } from "node:fs"
import { resolve } from "node:path"
import { type Bundle, bundleOf, bundleQueries } from "../bundle/bundle.ts"
import { type ChangedFile, changedRevisions } from "../bundle/changed.ts"
import { type BundleDifference, compareBundles, describeDifference } from "../bundle/compare.ts"
import {
  bundleIn,
  type Manifest,
  manifestFile,
  manifestOf,
  printManifest,
  readManifest,
} from "../bundle/manifest.ts"
import { ToolError } from "../diagnostic.ts"
import { notWritable } from "../file-error.ts"
import { queriesOf } from "../queries/read.ts"
import { readSql } from "../sql/read-sql.ts"
import type { Source } from "../sql/source.ts"
import { checkOptions, type OptionKinds, projectKinds } from "./check-options.ts"
import type { ProjectOptions } from "./options.ts"
import { openProject } from "./project.ts"

/** Projects by the name of their database; a single one may go without. */
export type Projects = ReadonlyMap<string | undefined, ProjectOptions>

export interface BundleOptions extends ProjectOptions {
  /** Files of queries that the release declares, relative to the root. Default: none. */
  readonly queries?: readonly string[]
  /** What the release issues: SQL, or a `queries.json`; it stands in the bundle itself. Default: what `queries` holds. */
  readonly declared?: readonly Source[]
}

const bundleKinds: OptionKinds<BundleOptions> = { ...projectKinds, queries: "list", declared: "objects" }

/** Returns what a build holds of a project's revisions, with its digest. No database is asked. */
export async function bundle(options: BundleOptions = {}): Promise<Bundle> {
  checkOptions(options, bundleKinds)
  const { folder, root } = await openProject(options)
  const { queries = [], declared = await Promise.all(queries.map((file) => readSql(root, file))) } = options
  return bundleOf(
    folder,
    bundleQueries(root, queries),
    declared.length === 0 ? undefined : queriesOf(declared),
  )
}

/** Returns the bundles of several projects. */
export async function bundleAll(
  projects: Projects,
  queries: readonly string[] = [],
  declared?: readonly Source[],
): Promise<ReadonlyMap<string | undefined, Bundle>> {
  const bundles = new Map<string | undefined, Bundle>()
  for (const [name, project] of projects)
    bundles.set(name, await bundle({ ...project, queries, ...(declared === undefined ? {} : { declared }) }))
  return bundles
}

export interface WrittenBundle {
  /** As given. */
  readonly file: string
  readonly manifest: Manifest
}

/**
 * Writes the manifest of what is here.
 *
 * @throws ToolError `not-writable`, and what reading the folders throws
 */
export async function writeBundle(
  projects: Projects,
  { root, file = manifestFile, queries, declared }: BundlePlace & Pick<BundleOptions, "queries" | "declared">,
): Promise<WrittenBundle> {
  const manifest = manifestOf(await bundleAll(projects, queries, declared))
  try {
    writeFileSync(resolve(root, file), printManifest(manifest))
  } catch (error) {
    throw notWritable(file, error)
  }
  return { file, manifest }
}

/** Where the file of a bundle is. */
export interface BundlePlace {
  readonly root: string
  /** Relative to the root. Default: `lockstep.bundle.json`. */
  readonly file?: string
}

/**
 * Compares what is here with the manifest.
 *
 * @throws ToolError `bundle-mismatch`, `bundle-unreadable`, and what reading the folders throws
 */
export async function verifyBundle(
  projects: Projects,
  { root, file = manifestFile }: BundlePlace,
): Promise<WrittenBundle> {
  const manifest = readManifest(resolve(root, file), file)
  if (manifest === undefined) {
    throw new ToolError("bundle-unreadable", `there is no bundle ${file}`, {
      subject: file,
      hint: "write it with: lockstep bundle",
    })
  }
  for (const [name, project] of projects) refuseMismatch(await differences(manifest, name, project), file)
  return { file, manifest }
}

/** What a project has otherwise than its bundle in a manifest says; all of it where the manifest does not know it. */
export async function differences(
  manifest: Manifest,
  database: string | undefined,
  project: ProjectOptions,
): Promise<readonly BundleDifference[]> {
  const expected = bundleIn(manifest, database) ?? { digest: "", heads: [], revisions: [], queries: [] }
  const { folder, root } = await openProject(project)
  return compareBundles(expected, bundleOf(folder, presentQueries(root, expected)))
}

function presentQueries(root: string, { queries }: Bundle) {
  return queries.flatMap(({ file }) => {
    try {
      return bundleQueries(root, [file])
    } catch {
      return []
    }
  })
}

function refuseMismatch(found: readonly BundleDifference[], file: string): void {
  const [first] = found
  if (first === undefined) return
  const shown = found.slice(0, 20).map(describeDifference)
  throw new ToolError("bundle-mismatch", `the revisions here are not those of ${file}`, {
    details: found.length > 20 ? [...shown, `and ${found.length - 20} more`] : shown,
    hint: "copy the whole folder into the image, or write the bundle anew with: lockstep bundle",
    subject: first.subject,
    data: { differences: found },
  })
}

export interface ChangedOptions extends ProjectOptions {
  /** A commit, branch or tag that git knows here. */
  readonly since: string
}

const changedKinds: OptionKinds<ChangedOptions> = { ...projectKinds, since: "text" }

export interface ChangedResult {
  /** The commit that was compared with: where `since` and the current branch part. */
  readonly commit: string
  readonly changed: boolean
  readonly files: readonly ChangedFile[]
}

/**
 * Says which of a project's revisions mean something else than at a commit. Comments, white space and other files do
 * not count; uncommitted changes do.
 *
 * @throws ToolError `git-failed`, `unknown-git-ref`
 */
export async function changed(options: ChangedOptions): Promise<ChangedResult> {
  checkOptions(options, changedKinds, ["since"])
  const { commit, files } = await changedRevisions(options, options.since)
  return { commit, changed: files.length > 0, files }
}
