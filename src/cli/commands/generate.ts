import { type GenerateOptions, type GenerateResult, generate as runGenerate } from "../../api/generate.ts"
import type { TargetOptions } from "../../api/options.ts"
import { ToolError } from "../../diagnostic.ts"
import { generatedText } from "../../report/generated.ts"
import { defineCommand } from "../command.ts"
import type { Context } from "../context.ts"
import { given, someOf } from "../given.ts"
import { canAsk, type Io } from "../io.ts"
import { scratchOption, scratchOptions, selectionOptions } from "../scratch-option.ts"

export const generate = defineCommand({
  name: "generate",
  description:
    "Compares the schema that is wanted (SQL files, models of Drizzle, Prisma or MikroORM, what a program prints) with what the revisions produce, and writes the revisions that lead there: what adds first, what tightens or removes in revisions of their own; indexes concurrently, foreign keys and checks validated apart. Everything has run on a scratch server before it is written, forward and backward. No database is asked.",
  operands: { title: { many: true, help: "What the change does, in a few words" } },
  options: {
    schema: {
      type: "list",
      value: "path",
      help: "A file or folder of SQL that says what the schema shall be. Default: the setting `schema`, else the folder schema",
    },
    rename: { type: "list", value: "old=new", help: "public.users=people, public.users.name=full_name" },
    renameAs: {
      type: "choice",
      choices: ["now", "expand"],
      default: "now",
      help: "`expand` gives columns their new name beside the old one, which a trigger keeps the same until the last of several deploys drops it",
    },
    drop: { type: "list", value: "name", help: "What is meant to go although something new resembles it" },
    fill: {
      type: "list",
      value: "column=expression",
      help: "public.users.email=lower(name): what rows get in which a column that needs a value has none",
    },
    rewrite: {
      type: "list",
      value: "column",
      help: "Change this column's type in place, although that writes all rows again while nobody reads them",
    },
    against: {
      type: "text",
      value: "environment",
      help: "Start from this live database (an environment, or a URL), which is only read, instead of from what the revisions produce",
    },
    phase: {
      type: "choice",
      choices: ["staged", "all"],
      default: "staged",
      help: "`all` writes one revision in one transaction, for those who stop the application for a deploy",
    },
    author: { type: "text", value: "name", help: "Who writes it" },
    dryRun: { type: "flag", help: "Print what would be written, and write nothing" },
    ...selectionOptions,
    ...scratchOption,
  },
  examples: [
    { line: 'generate "add invoices"', says: "from the files in schema/" },
    { line: 'generate "full names" --rename public.users.name=full_name', says: "keeps the column's data" },
  ],
  async run(
    { schema, rename, renameAs, drop, fill, rewrite, against, phase, author, dryRun, scratch },
    { title },
    context,
  ) {
    if (title.length === 0) {
      throw new ToolError("wrong-operands", "generate needs a title", {
        hint: 'lockstep generate "add invoices"',
      })
    }
    const { root, project, historySchema, schema: configured } = await context.configuration()
    const options: GenerateOptions = {
      ...project,
      ...given({ historySchema, author }),
      title: title.join(" "),
      schema: someOf(schema) ?? configured ?? ["schema"],
      rename,
      renameAs,
      drop,
      fill,
      rewrite,
      phases: phase,
      ...given({ against: against === undefined ? undefined : await targetOf(against, context) }),
      write: !dryRun,
      scratch: scratchOptions(scratch, root),
    }
    const result = await runOrAsk(options, context.io)
    return { result, text: (paint) => generatedText(result, dryRun, paint) }
  },
})

/** Asks a person where there is one, and goes on with the answers. */
async function runOrAsk(options: GenerateOptions, io: Io): Promise<GenerateResult> {
  try {
    return await runGenerate(options)
  } catch (error) {
    if (!(error instanceof ToolError) || error.code !== "rename-or-drop" || !canAsk(io)) throw error
    const { askRenames } = await import("../ask-renames.ts")
    const { rename, drop } = await askRenames(error)
    const renames = [...(options.rename ?? []), ...rename]
    return runOrAsk({ ...options, rename: renames, drop: [...(options.drop ?? []), ...drop] }, io)
  }
}

/** A URL, or an environment of the configuration. */
async function targetOf(word: string, context: Context): Promise<TargetOptions> {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(word)) return { url: word, libpqVariables: context.io.env }
  return context.inEnvironment(word).targetOptions()
}
