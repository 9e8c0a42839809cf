import ts from "typescript"

/** A JSON Schema as plain data. */
export type JsonSchema = { readonly [key: string]: unknown }

/**
 * Turns TypeScript types of plain data into JSON Schemas, named interfaces as `$defs`.
 * Throws for what JSON cannot hold.
 */
export class SchemaWriter {
  readonly #checker: ts.TypeChecker
  /** Definitions that were met so far, by the name of their interface. */
  readonly definitions: Record<string, JsonSchema> = {}

  constructor(checker: ts.TypeChecker) {
    this.#checker = checker
  }

  schemaOf(type: ts.Type): JsonSchema {
    if (type.flags & (ts.TypeFlags.Unknown | ts.TypeFlags.Any)) return {}
    if (type.flags & ts.TypeFlags.Null) return { type: "null" }
    if (type.flags & ts.TypeFlags.BooleanLike && !type.isUnion()) return booleanSchema(type, this.#checker)
    if (type.isStringLiteral() || type.isNumberLiteral()) return { const: type.value }
    if (type.flags & ts.TypeFlags.String) return { type: "string" }
    if (type.flags & ts.TypeFlags.Number) return { type: "number" }
    if (type.isUnion()) return this.#union(type)
    if (this.#checker.isArrayType(type)) return this.#array(type)
    if (type.isIntersection() || type.flags & ts.TypeFlags.Object) return this.#object(type)
    throw new Error(`no JSON Schema for ${this.#checker.typeToString(type)}`)
  }

  #union(type: ts.UnionType): JsonSchema {
    const members = type.types.filter((member) => !(member.flags & ts.TypeFlags.Undefined))
    const literals = members.flatMap((member) =>
      member.isStringLiteral() || member.isNumberLiteral() ? [member.value] : [],
    )
    const booleans = members.filter((member) => member.flags & ts.TypeFlags.BooleanLiteral)
    const others = members.filter(
      (member) => !member.isStringLiteral() && !member.isNumberLiteral() && !booleans.includes(member),
    )
    const schemas: JsonSchema[] = others.map((member) => this.schemaOf(member))
    if (booleans.length === 2) schemas.push({ type: "boolean" })
    else schemas.push(...booleans.map((member) => booleanSchema(member, this.#checker)))
    if (literals.length > 0) schemas.push(literals.length === 1 ? { const: literals[0] } : { enum: literals })
    return schemas.length === 1 ? (schemas[0] ?? {}) : { anyOf: schemas }
  }

  #array(type: ts.Type): JsonSchema {
    const [item] = this.#checker.getTypeArguments(type as ts.TypeReference)
    return { type: "array", items: item === undefined ? {} : this.schemaOf(item) }
  }

  #object(type: ts.Type): JsonSchema {
    const name = type.aliasSymbol === undefined ? type.symbol?.name : undefined
    const named = name !== undefined && !name.startsWith("__") && type.isClassOrInterface()
    if (!named) return this.#properties(type)
    if (!(name in this.definitions)) {
      // Entered before its properties, so that a type may contain itself.
      this.definitions[name] = {}
      const { description } = documented(type.symbol, this.#checker)
      this.definitions[name] = {
        ...(description === undefined ? {} : { description }),
        ...this.#properties(type),
      }
    }
    return { $ref: `#/$defs/${name}` }
  }

  #properties(type: ts.Type): JsonSchema {
    const properties: Record<string, JsonSchema> = {}
    const required: string[] = []
    for (const property of this.#checker.getPropertiesOfType(type)) {
      const schema = this.schemaOf(this.#checker.getTypeOfSymbol(property))
      properties[property.name] = { ...documented(property, this.#checker), ...schema }
      if (!(property.flags & ts.SymbolFlags.Optional)) required.push(property.name)
    }
    const rest = this.#checker.getIndexInfoOfType(type, ts.IndexKind.String)
    return {
      type: "object",
      ...(rest !== undefined && Object.keys(properties).length === 0 ? {} : { properties }),
      ...(required.length === 0 ? {} : { required }),
      ...(rest === undefined ? {} : { additionalProperties: this.schemaOf(rest.type) }),
    }
  }
}

function booleanSchema(type: ts.Type, checker: ts.TypeChecker): JsonSchema {
  const text = checker.typeToString(type)
  return text === "boolean" ? { type: "boolean" } : { const: text === "true" }
}

function documented(symbol: ts.Symbol, checker: ts.TypeChecker): { description?: string } {
  const text = ts.displayPartsToString(symbol.getDocumentationComment(checker)).replace(/\s+/g, " ").trim()
  return text === "" ? {} : { description: text }
}
