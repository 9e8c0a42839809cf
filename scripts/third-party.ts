import { existsSync, readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import type { Rolldown } from "tsdown"

/**
 * Adds THIRD-PARTY.md to what is built: the licences of all packages whose code is carried inside, told from the files
 * that the bundler really used.
 */
export function thirdPartyNotices(): Rolldown.Plugin {
  const packages = new Set<string>()
  return {
    name: "third-party-notices",
    generateBundle(_, bundle) {
      for (const chunk of Object.values(bundle)) {
        if (chunk.type !== "chunk") continue
        for (const id of chunk.moduleIds) {
          const folder = packageOf(id)
          if (folder !== undefined) packages.add(folder)
        }
      }
      if (packages.size === 0) return
      this.emitFile({ type: "asset", fileName: "THIRD-PARTY.md", source: notices([...packages]) })
    },
  }
}

/** Returns the folder of the package that a module belongs to; undefined for our own. */
function packageOf(id: string): string | undefined {
  return /^.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+/.exec(id.replace(/^\0/, ""))?.[0]
}

function notices(folders: readonly string[]): string {
  const parts = folders.map((folder) => {
    const { name, version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"))
    return `## ${name} ${version}\n\n${licenceOf(folder)}`
  })
  return `# Code of others inside this package\n\n${parts.sort().join("\n\n")}\n`
}

function licenceOf(folder: string): string {
  const file = existsSync(folder) ? readdirSync(folder).find((name) => /^licen[cs]e/i.test(name)) : undefined
  if (file === undefined)
    throw new Error(`${folder} has no licence file, so its code cannot be carried along`)
  return readFileSync(join(folder, file), "utf8").trim()
}
