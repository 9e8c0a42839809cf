import type { Node } from "libpg-query"
import { open } from "./parser.ts"

/**
 * What a statement makes and what it mentions, by bare name and without schema: enough to put the statements of a
 * schema into an order in which most of them succeed. Two objects of one name only make that order less good.
 */
export interface MentionedNames {
  readonly makes: ReadonlySet<string>
  readonly mentions: ReadonlySet<string>
}

/** Fields of CREATE statements that hold the name of what is made: a relation, or a list of name parts. */
const madeBy: Readonly<Record<string, readonly string[]>> = {
  CreateStmt: ["relation"],
  CreateForeignTableStmt: ["base"],
  CreateTableAsStmt: ["into"],
  ViewStmt: ["view"],
  CreateSeqStmt: ["sequence"],
  CompositeTypeStmt: ["typevar"],
  CreateEnumStmt: ["typeName"],
  CreateRangeStmt: ["typeName"],
  CreateDomainStmt: ["domainname"],
  DefineStmt: ["defnames"],
  CreateFunctionStmt: ["funcname"],
  CreateSchemaStmt: ["schemaname"],
  CreateRoleStmt: ["role"],
  CreateExtensionStmt: ["extname"],
  CreateFdwStmt: ["fdwname"],
  CreateForeignServerStmt: ["servername"],
  CreatePublicationStmt: ["pubname"],
  IndexStmt: ["idxname"],
}

/** Reads the names out of a statement's parse tree. */
export function namesOf(node: Node): MentionedNames {
  const { kind, fields } = open(node)
  const makes = new Set<string>()
  for (const field of madeBy[kind] ?? []) collectLast((fields as Record<string, unknown>)[field], makes)
  const mentions = new Set<string>()
  collect(fields, mentions)
  for (const name of makes) mentions.delete(name)
  return { makes, mentions }
}

/** The name itself: the last of its parts, or the relation's. */
function collectLast(value: unknown, into: Set<string>): void {
  if (typeof value === "string") into.add(value)
  else if (Array.isArray(value)) collectLast(value.at(-1), into)
  else if (typeof value === "object" && value !== null) {
    const { relname, sval, String: text, rel } = value as Record<string, { sval?: string } & string>
    if (relname !== undefined) into.add(relname)
    else if (sval !== undefined) into.add(sval)
    else if (text?.sval !== undefined) into.add(text.sval)
    else if (rel !== undefined) collectLast(rel, into)
  }
}

/** Every identifier in the tree. Constants are left out; a constant cast to regclass is mentioned by its text. */
function collect(value: unknown, into: Set<string>): void {
  const waiting: unknown[] = [value]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (Array.isArray(next)) waiting.push(...next)
    else if (typeof next === "object" && next !== null) {
      for (const [key, inner] of Object.entries(next)) {
        if (typeof inner !== "string") waiting.push(inner)
        else if (key !== "location") addName(inner, into)
      }
    }
  }
}

function addName(text: string, into: Set<string>): void {
  if (text.length > 200) return
  for (const part of text.split(".")) if (part !== "") into.add(part.replace(/^"(.*)"$/, "$1"))
}
