import type { Catalog } from "../catalog/catalog.ts"
import type { Connection } from "../db/connection.ts"
import { countObjects, digestCatalog } from "../introspect/digest.ts"
import { openTarget } from "../runner/target.ts"
import { introspectOwn, type ReadOptions } from "./catalog-source.ts"
import type { TargetOptions } from "./options.ts"

/**
 * Reads two live databases, side by side. Where both have many objects, and as many, their servers are asked for digests
 * first: what is alike is then not read at all.
 */
export async function readLive(
  from: TargetOptions,
  to: TargetOptions,
  options: ReadOptions,
): Promise<readonly [Catalog, Catalog] | "alike"> {
  const opening = [from, to].map((target) => openTarget({ ...target, command: "diff", writes: false }))
  const opened = (await Promise.allSettled(opening)).flatMap((each) =>
    each.status === "fulfilled" ? [each.value.connection] : [],
  )
  try {
    await Promise.all(opening)
    const [a, b] = opened as unknown as readonly [Connection, Connection]
    if (await areAlike(a, b, options)) return "alike"
    return await Promise.all([introspectOwn(a, options), introspectOwn(b, options)])
  } finally {
    await Promise.all(opened.map((connection) => connection.close()))
  }
}

/** True only where no object of what counts differs. False where it would take longer to know than to read both. */
async function areAlike(
  a: Connection,
  b: Connection,
  { historySchema = "lockstep", include, exclude }: ReadOptions,
): Promise<boolean> {
  // What a pattern leaves out depends on what needs what, which no digest is over.
  const isWhole = !include?.length && !exclude?.length
  if (!isWhole || a.serverVersion !== b.serverVersion) return false
  const scope = { excludeSchemas: [historySchema] }
  return (
    (await isSame(() => Promise.all([countObjects(a, scope), countObjects(b, scope)]))) &&
    (await isSame(() => Promise.all([digestCatalog(a, scope), digestCatalog(b, scope)])))
  )
}

async function isSame(
  ask: () => Promise<readonly [string | undefined, string | undefined]>,
): Promise<boolean> {
  const [one, other] = await ask()
  return one !== undefined && one === other
}
