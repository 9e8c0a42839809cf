import { createRequire } from "node:module"
import { join, resolve } from "node:path"

/** What a package of the project exports, as far as it is used; its types are not among ours. */
export type Exports = Readonly<Record<string, unknown>>

/** Returns where a module of the project's own packages is; undefined where it is not installed. */
export function findModule(root: string, name: string): string | undefined {
  try {
    return createRequire(join(resolve(root), "package.json")).resolve(name)
  } catch {
    return undefined
  }
}

/** Of a CommonJS module what it exports may stand in `default` only. */
export function exportsOf(module: Exports): Exports {
  const inner = module.default
  return typeof inner === "object" && inner !== null ? { ...(inner as Exports), ...module } : module
}
