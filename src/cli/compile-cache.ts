import { join } from "node:path"
import { userCacheFolder } from "../user-cache.ts"

interface NodeModule {
  readonly enableCompileCache?: (folder: string) => unknown
}

/**
 * Lets Node keep what it has compiled for the next start, where it can (22.8 and later). The folder is the user's own:
 * in a shared one, such as Node's default, anybody could put code for others.
 */
export function keepCompiledCode(): void {
  const { enableCompileCache } = process.getBuiltinModule("node:module") as NodeModule
  enableCompileCache?.(join(userCacheFolder(), "compiled"))
}
