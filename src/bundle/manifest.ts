import { readFileSync } from "node:fs"
import { ToolError } from "../diagnostic.ts"
import { isRecord } from "../is-record.ts"
import { sha256 } from "../revisions/sha256.ts"
import { version } from "../version.ts"
import type { Bundle } from "./bundle.ts"

/** Where a bundle is written, beside the configuration. */
export const manifestFile = "lockstep.bundle.json"

interface ManifestHead {
  /** Version of this shape. */
  readonly v: 1
  /** The version of Lockstep that wrote it. */
  readonly tool: string
}

/** The bundles of several databases in one file. */
export interface JoinedManifest extends ManifestHead {
  /** SHA-256 of their names and digests. */
  readonly digest: string
  readonly databases: Readonly<Record<string, Bundle>>
}

/** The file of a bundle: one database's, or those of several by name. */
export type Manifest = (ManifestHead & Bundle) | JoinedManifest

/** Puts the bundles of a configuration's databases into one file; a single one without a name stands alone. */
export function manifestOf(bundles: ReadonlyMap<string | undefined, Bundle>): Manifest {
  const single = bundles.get(undefined)
  const head = { v: 1, tool: version } as const
  if (single !== undefined) return { ...head, ...single }
  const named = [...bundles].flatMap(([name, bundle]) =>
    name === undefined ? [] : [[name, bundle] as const],
  )
  return { ...head, digest: joinedDigest(new Map(named)), databases: Object.fromEntries(named) }
}

/** The digest of several bundles by name; that of a single one without a name is its own. */
export function joinedDigest(bundles: ReadonlyMap<string | undefined, Pick<Bundle, "digest">>): string {
  const single = bundles.get(undefined)
  if (single !== undefined) return single.digest
  const lines = [...bundles].map(([name, { digest }]) => `${name}\t${digest}`)
  return sha256(lines.sort().join("\n"))
}

/** Returns the bundle of one database in a manifest; undefined where it has none of that name. */
export function bundleIn(manifest: Manifest, database: string | undefined): Bundle | undefined {
  if (!("databases" in manifest)) return manifest
  return database === undefined ? undefined : manifest.databases[database]
}

/** Prints a manifest as its file holds it. */
export function printManifest(manifest: Manifest): string {
  return `${JSON.stringify(manifest, undefined, 2)}\n`
}

/**
 * Reads the file of a bundle.
 *
 * @param shown the path as shown to a person
 * @returns undefined where there is no such file
 * @throws ToolError `bundle-unreadable`
 */
export function readManifest(path: string, shown: string): Manifest | undefined {
  let text: string
  try {
    text = readFileSync(path, "utf8")
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined
    throw unreadable(shown, "it cannot be opened", error)
  }
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch (error) {
    throw unreadable(shown, "it is not JSON", error)
  }
  if (isManifest(parsed)) return parsed
  throw unreadable(shown, "it is not what lockstep bundle writes")
}

function isManifest(value: unknown): value is Manifest {
  if (!isRecord(value) || value.v !== 1 || typeof value.digest !== "string") return false
  if (value.databases === undefined) return isBundle(value)
  return isRecord(value.databases) && Object.values(value.databases).every(isBundle)
}

function isBundle(value: unknown): boolean {
  return (
    isRecord(value) &&
    (value.declared === undefined || (Array.isArray(value.declared) && value.declared.every(isDeclared))) &&
    Array.isArray(value.queries) &&
    value.queries.every((entry) => isRecord(entry) && typeof entry.file === "string") &&
    Array.isArray(value.revisions) &&
    value.revisions.every(
      (entry) =>
        isRecord(entry) &&
        typeof entry.id === "string" &&
        typeof entry.checksum === "string" &&
        Array.isArray(entry.parents),
    )
  )
}

function isDeclared(value: unknown): boolean {
  return isRecord(value) && typeof value.sql === "string"
}

function unreadable(shown: string, reason: string, cause?: unknown): ToolError {
  return new ToolError("bundle-unreadable", `the bundle ${shown} cannot be read: ${reason}`, {
    subject: shown,
    hint: "write it anew with: lockstep bundle",
    cause,
  })
}
