import type { DrizzleSource } from "../api/options.ts"
import { importModule } from "../import-file.ts"
import { type Exports, findModule } from "../project-module.ts"
import { filesOf } from "./files.ts"
import { attempt, importPackage, sourceFailed } from "./package.ts"

type Generate = (...args: readonly unknown[]) => unknown

/**
 * Returns the SQL that makes everything in the models of Drizzle, by the functions that `drizzle-kit` offers for that: it
 * compares them with nothing, so that it has nothing to ask.
 *
 * @see drizzle-kit, `drizzle-kit/api` (0.x) and `drizzle-kit/api-postgres` (1.x)
 */
export async function drizzleSql(source: DrizzleSource, root: string): Promise<string> {
  const paths = [source.drizzle].flat()
  const shown = `drizzle ${paths.join(", ")}`
  const api =
    findModule(root, "drizzle-kit/api-postgres") === undefined
      ? "drizzle-kit/api"
      : "drizzle-kit/api-postgres"
  const kit = await importPackage(root, api, "npm install --save-dev drizzle-kit")
  const { generateDrizzleJson: snapshot, generateMigration: migration } = kit
  if (typeof snapshot !== "function" || typeof migration !== "function") {
    throw sourceFailed(shown, `${api} has not the functions generateDrizzleJson and generateMigration`)
  }
  return attempt(shown, async () => {
    const models = await modelsOf(paths, root)
    const wanted = await (snapshot as Generate)(models, undefined, undefined, source.casing)
    const nothing = await (snapshot as Generate)({})
    const statements = (await (migration as Generate)(nothing, wanted)) as readonly string[]
    return statements.map((sql) => `${sql.trim().replace(/;$/, "")};`).join("\n")
  })
}

/** What the files export, together. */
async function modelsOf(paths: readonly string[], root: string): Promise<Exports> {
  const models: Record<string, unknown> = {}
  const files = paths.flatMap((path) => filesOf(root, path, /(?<!\.d)\.[cm]?[jt]s$/))
  for (const [place, file] of files.entries()) {
    for (const [name, value] of Object.entries((await importModule(file)) as Exports))
      models[`${place}_${name}`] = value
  }
  return models
}
