import type { CatalogObject } from "../catalog/catalog.ts"
import { withSuffix } from "../sql/written-name.ts"
import type { Steps } from "./kind.ts"

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
  return withSuffix(name, suffix)
}
