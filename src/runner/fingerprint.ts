import { createHash } from "node:crypto"
import type { Connection } from "../db/connection.ts"
import type { History } from "../history/read.ts"
import { fingerprint, isOfThisVersion } from "../introspect/fingerprint.ts"

/** What of a history a catalog belongs to. */
export interface Place extends Pick<History, "repeatables" | "inFlight" | "fingerprint"> {
  /** Only the ids count. */
  readonly applied: { readonly size: number; keys(): Iterable<string> }
}

/**
 * Compares a database's catalog with the one that its history led to, by the fingerprint that was kept at this very place
 * of the history. `unknown` where none was, or by a version of Lockstep that made other ones.
 *
 * @param asked the fingerprint of now, where the server was asked for it before
 */
export async function compareFingerprint(
  connection: Connection,
  schema: string,
  place: Place,
  asked?: Promise<string>,
): Promise<"same" | "different" | "unknown"> {
  if (place.fingerprint === undefined || place.inFlight.length > 0) return "unknown"
  const [digest, hash = ""] = place.fingerprint.split(" ")
  if (digest !== digestOf(place) || !isOfThisVersion(hash)) return "unknown"
  return hash === (await (asked ?? fingerprint(connection, [schema]))) ? "same" : "different"
}

/** Tells whether the catalog is, for certain, what the history leads to. False where nobody knows. */
export async function isAsRecorded(
  connection: Connection,
  schema: string,
  place: Place,
  asked?: Promise<string>,
): Promise<boolean> {
  return (await compareFingerprint(connection, schema, place, asked)) === "same"
}

/** Returns what is kept of a catalog: its hash, and the place that it belongs to. */
export function keptFingerprint(place: Omit<Place, "fingerprint">, hash: string): string {
  return `${digestOf(place)} ${hash}`
}

/** A fingerprint belongs to what is applied: it says nothing of any other place in the history. */
function digestOf({ applied, repeatables }: Pick<Place, "applied" | "repeatables">): string {
  const lines = [
    ...[...applied.keys()].sort(),
    ...[...repeatables].map(([id, sum]) => `${id}\t${sum}`).sort(),
  ]
  return createHash("sha256").update(lines.join("\n")).digest("hex").slice(0, 32)
}
