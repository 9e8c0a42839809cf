import type { CatalogObject } from "../catalog/catalog.ts"
import { quoteIdentifier } from "../sql/identifier.ts"
import type { Steps } from "./kind.ts"

/** PostgreSQL cuts names after 63 bytes. */
const longestName = 63
const suffix = "__replaced"

/**
 * Returns how a type is renamed out of the way, so that columns can move over to a new one of the same name.
 *
 * @param noun what stands behind ALTER and DROP: `type` or `domain`
 */
export function setAsideType(noun: string) {
  return ({
    identity,
    name,
  }: Pick<CatalogObject, "identity" | "name">): { readonly steps: Steps; readonly drop: Steps } => {
    const schema = identity.slice(0, identity.length - name.length)
    const aside = nameAside(name)
    return {
      steps: [`alter ${noun} ${identity} rename to ${aside}`],
      drop: [`drop ${noun} ${schema}${aside}`],
    }
  }
}

/** Returns the name, quoted, of what is out of the way. */
export function nameAside(name: string): string {
  return quoteIdentifier(cut(unquote(name), longestName - suffix.length) + suffix)
}

function unquote(name: string): string {
  return name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name
}

function cut(text: string, bytes: number): string {
  let rest = text
  while (Buffer.byteLength(rest) > bytes) rest = rest.slice(0, -1)
  return rest
}
