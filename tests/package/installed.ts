import { execFileSync, spawnSync } from "node:child_process"
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"

const repository = fileURLToPath(new URL("../../", import.meta.url))

/** A user's project, in a folder with a space in its path, in which the package is installed as it is published. */
export interface UserProject extends Disposable {
  readonly root: string
  /** The published files, with their sizes in bytes. */
  readonly files: readonly { readonly path: string; readonly size: number }[]
  write(files: Readonly<Record<string, string>>): void
  /** Runs a program of Node with these words; nothing else of the environment is seen. */
  node(words: readonly string[], env?: Readonly<Record<string, string>>): Ended
  /** Runs the installed command. */
  lockstep(words: readonly string[], env?: Readonly<Record<string, string>>): Ended
}

export interface Ended {
  readonly exit: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Packs `dist` as it is (`npm test` builds it first) and unpacks it where npm would have. Asks no registry. */
export function installPackage(): UserProject {
  if (!existsSync(join(repository, "dist/cli.js")))
    throw new Error("dist is missing: run npm run build first")
  const root = mkdtempSync(join(tmpdir(), "a shop "))
  const installed = join(root, "node_modules/lockstep")
  const [packed] = JSON.parse(
    execFileSync("npm", ["pack", "--ignore-scripts", "--json", "--pack-destination", root], {
      cwd: repository,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    }),
  )
  mkdirSync(installed, { recursive: true })
  execFileSync("tar", ["-xzf", join(root, packed.filename), "-C", installed, "--strip-components=1"])
  for (const name of ["jiti", "libpg-query", "@pgsql", "@types"]) {
    symlinkSync(join(repository, "node_modules", name), join(root, "node_modules", name))
  }
  const write = (files: Readonly<Record<string, string>>) => {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(root, name)), { recursive: true })
      writeFileSync(join(root, name), text)
    }
  }
  const node = (words: readonly string[], env: Readonly<Record<string, string>> = {}) => {
    const { PATH = "", HOME = "" } = process.env
    const options = { cwd: root, env: { PATH, HOME, ...env }, encoding: "utf8" } as const
    const { status, stdout, stderr } = spawnSync(process.execPath, words, options)
    return { exit: status, stdout, stderr }
  }
  return {
    root,
    files: packed.files,
    write,
    node,
    lockstep: (words, env) => node([join(installed, "dist/cli.js"), ...words], env),
    [Symbol.dispose]: () => rmSync(root, { recursive: true }),
  }
}

/** The compiler that this repository uses. */
export const compiler = join(repository, "node_modules/typescript/bin/tsc")
