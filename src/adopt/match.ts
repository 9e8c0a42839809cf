import { readFileSync } from "node:fs"
import { dirname, resolve } from "node:path"
import { crc32 } from "node:zlib"
import type { RevisionFolder } from "../revisions/folder.ts"
import { compareNatural } from "../revisions/natural-order.ts"
import type { Revision } from "../revisions/revision.ts"
import type { LedgerTable } from "./find-ledgers.ts"
import type { LedgerRow } from "./ledgers.ts"

/** What a ledger says about the revisions of a folder. */
export interface Matched {
  /** Applied, in the order of the graph; repeatables last. */
  readonly applied: readonly Revision[]
  /** Names of rows that say that something is applied which the folder does not hold. */
  readonly unknown: readonly string[]
  /** Names of rows that the tool itself would not go on from. */
  readonly failed: readonly string[]
}

/** Finds the revision that each row of a ledger means. @param root of the project */
export function matchLedger(
  { ledger, rows = [] }: LedgerTable,
  folder: RevisionFolder,
  root: string,
): Matched {
  const { graph, repeatables } = folder
  const named = finder(folder, root)
  const applied = new Set<string>()
  const unknown: string[] = []
  for (const row of rows) {
    if (row.state === "failed" || row.state === "undone") continue
    const found = named(row)
    if (row.state === "baseline") {
      for (const { id } of upTo(folder, row.name)) applied.add(id)
    } else if (found === undefined) {
      unknown.push(row.name)
    } else if (ledger.means === undefined || found.repeatable) {
      applied.add(found.id)
    } else {
      for (const id of graph.ancestors([found.id])) applied.add(id)
    }
  }
  return {
    applied: [...graph.revisions, ...repeatables].filter(({ id }) => applied.has(id)),
    unknown,
    failed: rows.filter(({ state }) => state === "failed").map(({ name }) => name),
  }
}

/** The revisions whose version is not greater than that of a Flyway baseline. */
function upTo({ graph }: RevisionFolder, version: string): readonly Revision[] {
  const number = version.replaceAll("_", ".")
  return graph.revisions.filter(({ id }) => {
    const own = numberOf(id)
    return own !== undefined && compareNatural(own, number) <= 0
  })
}

function finder(
  { graph, repeatables }: RevisionFolder,
  root: string,
): (row: LedgerRow) => Revision | undefined {
  const byName = new Map<string, Revision>()
  const byNumber = new Map<string, Revision | undefined>()
  for (const revision of graph.revisions) {
    byName.set(revision.id, revision)
    byName.set(stemOf(revision.file), revision)
    const number = numberOf(stemOf(revision.file)) ?? numberOf(revision.id)
    // Two files of one number: neither is meant for certain.
    if (number !== undefined) byNumber.set(number, byNumber.has(number) ? undefined : revision)
  }
  const moments = drizzleMoments(graph.revisions, root)
  const repeatable = new Map(repeatables.map((revision) => [stemOf(revision.file), revision]))
  return ({ name, hash }) => {
    const stem = stemOf(name)
    const again = repeatable.get(stem)
    if (again !== undefined) return hash === flywayChecksum(resolve(root, again.file)) ? again : undefined
    const moment = moments.get(name)
    return (
      byName.get(stem) ??
      (moment === undefined ? undefined : byName.get(moment)) ??
      byNumber.get(normal(stem)) ??
      (hash === null ? undefined : byName.get(stemOf(hash)))
    )
  }
}

/** The file's name without folder and endings; of `<name>/migration.sql` the name. */
function stemOf(path: string): string {
  const parts = path.split("/")
  const last = parts.pop() ?? ""
  const name = last === "migration.sql" || last === "up.sql" ? (parts.pop() ?? last) : last
  return name.replace(/(\.up)?\.(sql|[cm]?[jt]s)$/i, "")
}

/** The number or timestamp in front of a name, without zeros that do not count. */
function numberOf(name: string): string | undefined {
  const [, version] =
    /^[VR]?(\d+(?:[._]\d+)*)(?=__)/.exec(name) ?? /^(\d+(?:\.\d+)*)(?=$|[_\-. ])/.exec(name) ?? []
  return version === undefined ? undefined : normal(version)
}

function normal(number: string): string {
  return number.replaceAll("_", ".").replaceAll(/(^|\.)0+(?=\d)/g, "$1")
}

/**
 * Drizzle's table has no names: it has the moment of each migration, which the journal beside the files gives; from
 * version 1 on the folder's name begins with that moment.
 *
 * @returns the stem of a file by milliseconds since 1970
 */
function drizzleMoments(revisions: readonly Revision[], root: string): ReadonlyMap<string, string> {
  const moments = new Map<string, string>()
  for (const { file } of revisions) {
    const stem = stemOf(file)
    const [, y, mo, d, h, mi, s] = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)_/.exec(stem) ?? []
    if (y !== undefined)
      moments.set(
        String(Date.UTC(Number(y), Number(mo) - 1, Number(d), Number(h), Number(mi), Number(s))),
        stem,
      )
  }
  for (const folder of new Set(revisions.map(({ file }) => dirname(file)))) {
    for (const { when, tag } of journalOf(resolve(root, folder, "meta/_journal.json")))
      moments.set(String(when), tag)
  }
  return moments
}

function journalOf(path: string): readonly { readonly when: number; readonly tag: string }[] {
  try {
    const { entries } = JSON.parse(readFileSync(path, "utf8")) as {
      entries?: readonly { readonly when: number; readonly tag: string }[]
    }
    return entries ?? []
  } catch {
    return []
  }
}

/** Flyway's checksum of a script: CRC-32 over its lines without their ends, as a signed number. */
function flywayChecksum(path: string): string | undefined {
  try {
    const lines = readFileSync(path, "utf8")
      .replace(/^\uFEFF/, "")
      .split(/\r\n|\r|\n/)
    let sum = 0
    for (const line of lines) sum = crc32(line, sum)
    return String(sum | 0)
  } catch {
    return undefined
  }
}
