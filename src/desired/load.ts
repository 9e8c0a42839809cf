import type { SchemaSource } from "../api/options.ts"
import type { Source } from "../sql/source.ts"
import { readSql } from "./files.ts"

/**
 * Turns every source of a desired schema into SQL that makes all of it. Each only prints; comparing is done on catalogs.
 * The code for one kind is loaded when it is configured.
 *
 * @throws ToolError `no-such-schema`, `schema-source-missing`, `schema-source-failed`
 */
export async function loadSources(
  sources: readonly SchemaSource[],
  root: string,
): Promise<readonly Source[]> {
  const loaded: Source[] = []
  for (const source of sources) {
    if (typeof source === "string") loaded.push(...readSql(root, source))
    else loaded.push({ text: await printed(source, root), file: describeSource(source), line: 1 })
  }
  return loaded
}

async function printed(source: Exclude<SchemaSource, string>, root: string): Promise<string> {
  if ("drizzle" in source) return (await import("./drizzle.ts")).drizzleSql(source, root)
  if ("prisma" in source) return (await import("./prisma.ts")).prismaSql(source, root)
  if ("mikroorm" in source) return (await import("./mikroorm.ts")).mikroOrmSql(source, root)
  return (await import("./command.ts")).commandSql(source, root)
}

/** Names a source for a person: a path as it is, `drizzle src/schema.ts`, the words of a command. */
export function describeSource(source: SchemaSource): string {
  if (typeof source === "string") return source
  if ("command" in source) return [source.command].flat().join(" ")
  const [[kind, paths] = ["", ""]] = Object.entries(source)
  return `${kind} ${[paths].flat().join(", ")}`
}
