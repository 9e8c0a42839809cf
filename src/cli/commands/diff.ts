import type { CatalogSource } from "../../api/catalog-source.ts"
import { type DiffResult, diff as runDiff } from "../../api/diff.ts"
import { printChanges } from "../../report/changes.ts"
import { defineCommand } from "../command.ts"
import type { Context } from "../context.ts"
import { given } from "../given.ts"
import { scratchOption, scratchOptions, selectionOptions } from "../scratch-option.ts"

export const diff = defineCommand({
  name: "diff",
  description:
    "Compares two schemas and prints the SQL that leads from the first to the second, as a script that psql runs as it is. A side is a database's URL, an environment of the configuration, a file or folder of SQL, `revisions` or `revisions@<id>`, `snapshot` (schema.sql), `schema` (what the setting of that name says), or `empty`. Databases are only read; everything else is loaded on a scratch server. What would lose data is marked.",
  operands: {
    from: { required: true, help: "What is there" },
    to: { required: true, help: "What is wanted" },
  },
  options: {
    tree: { type: "flag", help: "Print what differs, object by object, instead of SQL" },
    exitCode: { type: "flag", help: "Exit with 3 where they differ" },
    ...selectionOptions,
    ...scratchOption,
  },
  examples: [
    { line: "diff postgresql://localhost/a postgresql://localhost/b", says: "no project is needed" },
    { line: "diff revisions schema/ --tree", says: "what the revisions lack of the schema's files" },
    { line: "diff prod revisions --exit-code", says: "whether production is where the revisions lead" },
  ],
  async run({ tree, exitCode, scratch }, { from, to }, context) {
    const { include, exclude } = await context.projectOptions()
    const result = await runDiff({
      ...given({ include, exclude }),
      from: await sourceOf(from, context),
      to: await sourceOf(to, context),
      scratch: scratchOptions(scratch, context.io.cwd),
    })
    return {
      result,
      exit: exitCode && !result.equal ? 3 : 0,
      text: (paint) => (tree ? printChanges(result.changes, paint) || "no difference" : scriptOf(result)),
    }
  },
})

function scriptOf({ sql, equal }: DiffResult): string {
  return equal ? "-- no difference" : sql.trimEnd()
}

/** What a word of the command line names. */
async function sourceOf(word: string, context: Context): Promise<CatalogSource> {
  if (word === "empty") return { kind: "empty" }
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(word) || /\b(host|dbname|service)\s*=/.test(word)) {
    return { kind: "database", target: { url: word, libpqVariables: context.io.env } }
  }
  const [name, to] = word.split("@", 2)
  if (name === "revisions") {
    const project = await context.projectOptions()
    return { kind: "revisions", project, ...(to === undefined ? {} : { to: [to] }) }
  }
  if (word === "schema") {
    const { root, schema = ["schema"] } = await context.configuration()
    return { kind: "sql", paths: schema, root }
  }
  if (word === "snapshot") {
    const { root } = await context.configuration()
    return { kind: "sql", paths: ["schema.sql"], root }
  }
  if (await isEnvironment(word, context)) {
    return { kind: "database", target: await context.inEnvironment(word).targetOptions() }
  }
  return { kind: "sql", paths: [word], root: context.io.cwd }
}

async function isEnvironment(word: string, context: Context): Promise<boolean> {
  return (await context.configuration()).environments.includes(word)
}
