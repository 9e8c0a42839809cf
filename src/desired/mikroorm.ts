import { resolve } from "node:path"
import type { MikroOrmSource } from "../api/options.ts"
import { importFile } from "../import-file.ts"
import type { Exports } from "../project-module.ts"
import { attempt, importPackage, sourceFailed } from "./package.ts"

interface Orm {
  readonly schema: { getCreateSchemaSQL(options: { readonly wrap: false }): string | Promise<string> }
  close(force?: boolean): Promise<void>
}

/**
 * Returns the SQL that makes everything in the entities of MikroORM, whose configuration is the default export of a file.
 * No database is asked.
 */
export async function mikroOrmSql({ mikroorm }: MikroOrmSource, root: string): Promise<string> {
  const shown = `mikroorm ${mikroorm}`
  const module = await importPackage(root, "@mikro-orm/postgresql", "npm install @mikro-orm/postgresql")
  const { MikroORM } = module as { readonly MikroORM?: { init(options: Exports): Promise<Orm> } }
  if (MikroORM === undefined) throw sourceFailed(shown, "@mikro-orm/postgresql has no MikroORM")
  return attempt(shown, async () => {
    const exported = await importFile(resolve(root, mikroorm))
    const options = (typeof exported === "function" ? await exported() : await exported) as
      | Exports
      | undefined
    if (options === undefined) throw sourceFailed(shown, "it has no default export")
    const orm = await MikroORM.init({
      dbName: "lockstep",
      ...options,
      connect: false,
      ensureDatabase: false,
      debug: false,
    })
    try {
      return await orm.schema.getCreateSchemaSQL({ wrap: false })
    } finally {
      await orm.close(true)
    }
  })
}
