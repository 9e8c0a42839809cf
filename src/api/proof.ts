import { resolve } from "node:path"
import { bundleIn, manifestFile, readManifest } from "../bundle/manifest.ts"
import { mergeQueries, printManifest, type RecordedQuery } from "../queries/manifest.ts"
import { queriesOf } from "../queries/read.ts"
import { sha256 } from "../revisions/sha256.ts"
import type { GateOptions } from "./gate.ts"
import type { HoldRules } from "./hold.ts"
import type { ProjectOptions } from "./options.ts"

type ProofOptions = ProjectOptions & GateOptions & Pick<HoldRules, "soakMs">

/** What the release to come issues: as the project says, else as its bundle does; undefined where neither does. */
export function comingQueries(options: ProofOptions): readonly RecordedQuery[] | undefined {
  const { root = ".", bundleFile: file = manifestFile, bundleName, queries } = options
  if (queries !== undefined) return queriesOf(queries)
  const manifest = readManifest(resolve(root, file), file)
  return manifest === undefined ? undefined : bundleIn(manifest, bundleName)?.declared
}

/** The digest by which a list of queries is stored. */
export function storedQueries(queries: readonly RecordedQuery[]) {
  const merged = mergeQueries(queries)
  return { digest: sha256(printManifest(merged)), queries: merged }
}
