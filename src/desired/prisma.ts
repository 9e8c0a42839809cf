import { readFileSync } from "node:fs"
import { dirname, join, relative } from "node:path"
import { pathToFileURL } from "node:url"
import type { PrismaSource } from "../api/options.ts"
import { type Exports, findModule } from "../project-module.ts"
import { filesOf } from "./files.ts"
import { attempt, packageMissing, sourceFailed } from "./package.ts"

const enginePackage = "@prisma/schema-engine-wasm"

/** What is used of the engine: Prisma's own, as WebAssembly, without a program to download and without a database. */
interface EngineModule {
  __wbg_set_wasm(exports: Exports): void
  readonly SchemaEngine: {
    new: (options: Exports, log: () => void, adapter: object) => Promise<Engine>
  }
}

interface Engine {
  diff(parameters: Exports): Promise<{ readonly stdout?: string }>
  free(): void
}

/** Returns the SQL that makes everything in a Prisma schema: a file, or a folder of `.prisma` files. */
export async function prismaSql({ prisma }: PrismaSource, root: string): Promise<string> {
  const paths = [prisma].flat()
  const shown = `prisma ${paths.join(", ")}`
  const found = findModule(root, enginePackage)
  if (found === undefined) throw packageMissing(enginePackage, `npm install --save-dev ${enginePackage}`)
  const files = paths.flatMap((path) => filesOf(root, path, /\.prisma$/))
  const models = files.map((file) => ({
    path: relative(root, file).replaceAll("\\", "/"),
    content: readFileSync(file, "utf8"),
  }))
  return attempt(shown, async () => {
    const { SchemaEngine } = await startEngine(dirname(found))
    const datamodels = models.map(({ path, content }) => [path, content])
    const engine = await SchemaEngine.new({ datamodels }, () => undefined, nothingThere)
    try {
      const { stdout } = await engine.diff({
        from: { tag: "empty" },
        to: { tag: "schemaDatamodel", files: models },
        script: true,
        shadowDatabaseUrl: null,
        exitCode: null,
        filters: { externalTables: [], externalEnums: [] },
      })
      if (stdout === undefined || stdout === null) throw sourceFailed(shown, "the engine printed nothing")
      return stdout
    } finally {
      engine.free()
    }
  })
}

/** As in every Node; the types of Node leave it to those of browsers. */
const { WebAssembly } = globalThis as unknown as {
  readonly WebAssembly: {
    instantiate(
      bytes: Uint8Array,
      imports: object,
    ): Promise<{ readonly instance: { readonly exports: Exports } }>
  }
}

/** The package imports its WebAssembly as a module, which Node does from version 24 on only. */
async function startEngine(folder: string): Promise<EngineModule> {
  const file = pathToFileURL(join(folder, "schema_engine_bg.js")).href
  const engine = (await import(file)) as EngineModule
  const { instance } = await WebAssembly.instantiate(readFileSync(join(folder, "schema_engine_bg.wasm")), {
    "./schema_engine_bg.js": engine,
  })
  const { exports } = instance
  engine.__wbg_set_wasm(exports)
  ;(exports.__wbindgen_start as () => void)()
  return engine
}

const ok = (value: unknown) => ({ ok: true, value })

/** The engine connects before it compares, and asks for a version; it is given an answer, and never a database. */
const nothingThere = {
  adapterName: "lockstep",
  provider: "postgres",
  errorRegistry: { consumeError: () => undefined },
  connect: async () => ok(connection),
  connectToShadowDb: async () => ok(connection),
}

const connection = {
  adapterName: "lockstep",
  provider: "postgres",
  errorRegistry: nothingThere.errorRegistry,
  queryRaw: async () =>
    ok({
      columnNames: ["version", "numeric_version"],
      columnTypes: [7, 0],
      rows: [["PostgreSQL 16.0", 160000]],
    }),
  executeRaw: async () => ok(0),
  executeScript: async () => ok(undefined),
  startTransaction: async () => ({ ok: false, error: { kind: "GenericJs", id: 0 } }),
  getConnectionInfo: () => ok({ schemaName: "public", supportsRelationJoins: true }),
  dispose: async () => ok(undefined),
}
