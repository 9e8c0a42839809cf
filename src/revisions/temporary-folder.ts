import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { onTestFinished } from "vitest"

/** Makes a project's root with these files, for one test; returns its path. */
export function temporaryFolder(files: Readonly<Record<string, string | Uint8Array>>): string {
  const root = mkdtempSync(join(tmpdir(), "lockstep-revisions-"))
  onTestFinished(() => rmSync(root, { recursive: true, force: true }))
  mkdirSync(join(root, "migrations"))
  addFiles(root, files)
  return root
}

/** Writes files below a root; names without a folder go into `migrations`. */
export function addFiles(root: string, files: Readonly<Record<string, string | Uint8Array>>): void {
  for (const [name, content] of Object.entries(files)) {
    const path = join(root, name.startsWith("../") ? name.slice(3) : join("migrations", name))
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, content)
  }
}
