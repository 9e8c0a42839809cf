import { fileURLToPath } from "node:url"
import ts from "typescript"
import { type JsonSchema, SchemaWriter } from "./json-schema.ts"

/** A JSON Schema for the document that each command prints with `--json`, from the types of their results. */
export function schemaDocs(): ReadonlyMap<string, string> {
  const { checker, typeOf } = open(["src/cli/results.ts", "src/report/json.ts"])
  const files = new Map<string, string>()
  for (const property of checker.getPropertiesOfType(typeOf("Results"))) {
    const writer = new SchemaWriter(checker)
    const result = writer.schemaOf(checker.getTypeOfSymbol(property))
    const envelope = writer.schemaOf(typeOf("JsonDocument"))
    const document = withResult(envelope, writer, property.name, result)
    files.set(`docs/schemas/${property.name}.json`, `${JSON.stringify(document, undefined, 2)}\n`)
  }
  return files
}

/** Puts the command's name and result into the shape that all documents share. */
function withResult(
  envelope: JsonSchema,
  writer: SchemaWriter,
  command: string,
  result: JsonSchema,
): JsonSchema {
  const name = String(envelope.$ref).replace("#/$defs/", "")
  const { [name]: shape = {}, ...definitions } = writer.definitions
  const properties = shape.properties as Record<string, JsonSchema>
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: `lockstep ${command} --json`,
    ...shape,
    properties: {
      ...properties,
      command: { ...properties.command, const: command },
      result: { description: properties.result?.description, ...result },
    },
    $defs: definitions,
  }
}

/** Lets the compiler read a few files of this project, and finds what they export by its name. */
function open(paths: readonly string[]): { checker: ts.TypeChecker; typeOf: (name: string) => ts.Type } {
  const root = fileURLToPath(new URL("../../", import.meta.url))
  const { config } = ts.readConfigFile(`${root}tsconfig.json`, ts.sys.readFile)
  const { options } = ts.parseJsonConfigFileContent({ ...config, include: [], files: paths }, ts.sys, root)
  const program = ts.createProgram(
    paths.map((path) => root + path),
    options,
  )
  const checker = program.getTypeChecker()
  const typeOf = (name: string) => {
    for (const path of paths) {
      const source = program.getSourceFile(root + path)
      const module = source === undefined ? undefined : checker.getSymbolAtLocation(source)
      const symbol = module === undefined ? undefined : checker.tryGetMemberInModuleExports(name, module)
      if (symbol !== undefined) return checker.getDeclaredTypeOfSymbol(symbol)
    }
    throw new Error(`no file of ${paths.join(", ")} exports ${name}`)
  }
  return { checker, typeOf }
}
