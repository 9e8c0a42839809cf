import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import type { SchemaPair } from "./workbench.ts"

const root = fileURLToPath(new URL("cases", import.meta.url))

/** A folder of `old.sql` and `new.sql`, and where they matter `seed.sql` (rows) and `plan.sql` (what is planned). */
export interface CaseFolder extends SchemaPair {
  /** `family/case`. */
  readonly name: string
  /** The first major version that has it: `-- since: 18` at the top of `new.sql`. */
  readonly since: number
  /** The script from old to new on the newest major version. */
  readonly plan: string | undefined
}

/** All cases, by name. */
export function caseFolders(): readonly CaseFolder[] {
  return readdirSync(root)
    .flatMap((family) => readdirSync(join(root, family)).map((name) => `${family}/${name}`))
    .sort()
    .map(readCase)
}

function readCase(name: string): CaseFolder {
  const read = (file: string) => {
    const path = join(root, name, file)
    return existsSync(path) ? readFileSync(path, "utf8") : undefined
  }
  const wanted = read("new.sql") ?? ""
  const seed = read("seed.sql")
  const oneWay = /^-- one way: (.*)$/m.exec(wanted)?.[1]
  return {
    name,
    old: read("old.sql") ?? "",
    new: wanted,
    since: Number(/^-- since: (\d+)$/m.exec(wanted)?.[1] ?? 0),
    plan: read("plan.sql"),
    ...(seed === undefined ? {} : { seed }),
    ...(oneWay === undefined ? {} : { oneWay }),
  }
}

export function writePlan(name: string, script: string): void {
  writeFileSync(join(root, name, "plan.sql"), script)
}
