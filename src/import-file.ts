import { existsSync, readFileSync } from "node:fs"
import { dirname, extname, join } from "node:path"
import { fileURLToPath, pathToFileURL } from "node:url"
import { isRecord } from "./is-record.ts"

/**
 * Evaluates a file that a user wrote and returns its default export, or `module.exports` of a CommonJS file; undefined
 * where it has neither. TypeScript or JavaScript, whatever `type` the nearest package.json says.
 *
 * Node does it where it can without a complaint, jiti where it cannot: types on a Node that does not strip them, enums,
 * imports without an extension, and `import` in a package that is not marked as one of ES modules, which is what
 * `npm init` makes. Through jiti the file can say `from "lockstep"` where Lockstep is not among the project's packages.
 *
 * @param edition Node keeps what it has imported; with a text that it was not given yet, it evaluates the file afresh
 * @throws whatever evaluating it throws
 */
export async function importFile(path: string, edition?: string): Promise<unknown> {
  return exportOf(await importModule(path, edition))
}

/** Evaluates it likewise and returns all that it exports, by name. */
export async function importModule(path: string, edition?: string): Promise<unknown> {
  if (!nodeLoads(path)) return importWithJiti(path)
  const query = edition === undefined ? "" : `?${edition}`
  try {
    return await import(pathToFileURL(path).href + query)
  } catch (error) {
    if (!mayLoadWithJiti(error)) throw error
    return importWithJiti(path)
  }
}

function nodeLoads(path: string): boolean {
  const extension = extname(path)
  if (extension.endsWith("ts") && !stripsTypes()) return false
  return /^\.[cm]/.test(extension) || isModulePackage(dirname(path))
}

/** Tells whether this Node runs TypeScript by itself (22.18, 23.6 and later). */
function stripsTypes(): boolean {
  return Boolean((process.features as { typescript?: unknown }).typescript)
}

/** Tells whether the package.json that holds for `folder` says that its files are ES modules. */
function isModulePackage(folder: string): boolean {
  for (let each = folder; ; each = dirname(each)) {
    const manifest = join(each, "package.json")
    if (existsSync(manifest)) return typeIn(manifest) === "module"
    if (dirname(each) === each) return false
  }
}

function typeIn(manifest: string): unknown {
  try {
    return (JSON.parse(readFileSync(manifest, "utf8")) as { readonly type?: unknown } | null)?.type
  } catch {
    return undefined
  }
}

/** What Node refuses and jiti can do. A module that is missing is missing there too, and the message the same. */
const beyondNode: ReadonlySet<unknown> = new Set([
  "ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX",
  "ERR_MODULE_NOT_FOUND",
  "ERR_UNSUPPORTED_DIR_IMPORT",
  "ERR_UNKNOWN_FILE_EXTENSION",
])

function mayLoadWithJiti(error: unknown): boolean {
  return error instanceof Error && "code" in error && beyondNode.has(error.code)
}

async function importWithJiti(path: string): Promise<unknown> {
  const { createJiti } = await import("jiti")
  const jiti = createJiti(path, {
    moduleCache: false,
    interopDefault: false,
    alias: { lockstep: ownEntry() },
    // Elsewhere it would keep what it compiled in a temporary folder that others may write to.
    fsCache: existsSync(join(dirname(path), "node_modules")),
  })
  return jiti.import(path)
}

/** The library's entry, beside this file in the sources as in the published files. */
function ownEntry(): string {
  return fileURLToPath(new URL(`./index${extname(import.meta.url)}`, import.meta.url))
}

/** A file that TypeScript made a CommonJS module of has its default export one level further in. */
function exportOf(module: unknown): unknown {
  const exported = isRecord(module) && "default" in module ? module.default : module
  if (isRecord(exported) && (exported.__esModule || isNamespace(exported))) return exported.default
  return exported
}

/** A module without a default export is no value of its own. */
function isNamespace(value: object): boolean {
  return Object.prototype.toString.call(value) === "[object Module]"
}
