import { writeFile } from "node:fs/promises"
import { resolve } from "node:path"
import { type RehearseResult, rehearse as runRehearsal } from "../../api/rehearse.ts"
import { ToolError } from "../../diagnostic.ts"
import { notWritable } from "../../file-error.ts"
import type { Colors } from "../../report/colors.ts"
import { seconds } from "../../report/progress.ts"
import { printTable } from "../../report/table.ts"
import { runCommand } from "../backup.ts"
import { defineCommand } from "../command.ts"
import { given } from "../given.ts"
import { scratchOption } from "../scratch-option.ts"
import { maskData } from "../secrets.ts"

export const rehearse = defineCommand({
  name: "rehearse",
  description:
    "Runs the pending revisions on a copy of the database: one that a command makes (a clone of Cloud SQL, a branch of Neon, `createdb -T`) and whose address it prints, or a dump that is restored into a throwaway database. Data can be masked first. Says how long each statement took, which tables were locked how strongly and for how long, and what grew. With `--record` what was measured is kept in the real database's history, and the forecasts of `lint` and `plan` go by it. Nothing else of the real database is changed.",
  operands: { environment: { help: "An environment of the configuration; the same as --env" } },
  options: {
    clone: {
      type: "text",
      value: "command",
      help: "Makes a copy and prints its address on the last line; run by the shell with `DATABASE_URL`",
    },
    dropClone: {
      type: "text",
      value: "command",
      help: "Removes the copy afterwards, with its address as `LOCKSTEP_CLONE`",
    },
    dump: {
      type: "text",
      value: "file",
      help: "A dump of `pg_dump` instead, restored on the scratch server",
    },
    mask: {
      type: "text",
      value: "file.sql",
      help: "SQL that masks the data of the copy before anything runs",
    },
    maskCommand: {
      type: "text",
      value: "command",
      help: "A command that does so, with the copy's address as `DATABASE_URL`",
    },
    record: { type: "flag", help: "Keep what was measured in the real database's history" },
    out: {
      type: "text",
      value: "file",
      help: "Write the result into a file too, as JSON: what `--json` has in `result`",
    },
    ...scratchOption,
  },
  examples: [
    { line: "rehearse prod --dump prod.dump --mask mask.sql", says: "on last night's dump" },
    {
      line: "rehearse prod --clone ./clone.sh --drop-clone ./drop.sh --record",
      says: "on a clone; later forecasts go by it",
    },
  ],
  async run(options, { environment }, context) {
    const { clone, dropClone, dump, mask, maskCommand, record, out, scratch } = options
    const chosen = environment === undefined ? context : context.inEnvironment(environment)
    const { root } = await chosen.configuration()
    // With a dump the database itself is not asked, unless it is to remember.
    const target = dump !== undefined && !record ? await chosen.scriptOptions() : await chosen.runOptions()
    const { env, signal, cwd } = context.io
    const url = "url" in target ? (target.url as string | undefined) : undefined
    const place = { url, env, cwd: root, signal }
    const run = async (command: string, more: Partial<typeof place>, added = {}) => {
      try {
        return await runCommand(command, added, { ...place, ...more })
      } catch (error) {
        if (!(error instanceof ToolError) || error.code === "interrupted") throw error
        throw new ToolError("rehearsal-failed", error.message, error.facts)
      }
    }
    const result = await runRehearsal({
      ...target,
      onEvent: context.onEvent,
      signal,
      record,
      ...given({
        clone: clone === undefined ? undefined : () => run(clone, {}),
        drop:
          dropClone === undefined
            ? undefined
            : (made: string) => run(dropClone, {}, { LOCKSTEP_CLONE: made }),
        dump: dump === undefined ? undefined : resolve(cwd, dump),
        scratch: given({ url: scratch, root }),
        maskFile: mask === undefined ? undefined : resolve(cwd, mask),
        mask: maskCommand === undefined ? undefined : (copy: string) => run(maskCommand, { url: copy }),
      }),
    })
    if (out !== undefined)
      await writeFile(resolve(cwd, out), `${JSON.stringify(maskData(result), undefined, 2)}\n`).catch(
        (error: unknown) => {
          throw notWritable(out, error)
        },
      )
    return { result, text: (paint) => rehearseText(result, paint) }
  },
})

function rehearseText(
  { database, revisions, locks, sizes, measurements, recorded, notRestored }: RehearseResult,
  paint: Colors,
): string {
  const missing = notRestored.map((line) => `${paint.yellow("not restored")}: ${line}`)
  if (revisions.length === 0 && missing.length > 0)
    return [...missing, `nothing to rehearse: nothing is pending in ${database}`].join("\n")
  if (revisions.length === 0) return `nothing to rehearse: nothing is pending in ${database}`
  const statements = revisions.flatMap(({ id, ms, statements: list }) => [
    [paint.yellow(id), seconds(ms), ""],
    ...list.map(({ sql, ms: each }) => ["", seconds(each), sql.replace(/\s+/g, " ").trim().slice(0, 80)]),
  ])
  const strong = locks.filter(({ mode }) => mode !== "AccessShareLock")
  return [
    ...missing,
    `rehearsed in ${database}:`,
    printTable(statements),
    ...(strong.length === 0 ? [] : ["locks seen:"]),
    ...strong.map(({ relation, mode, ms }) => `  ${relation}: ${mode} for at least ${seconds(ms)}`),
    ...(sizes.length === 0 ? [] : ["sizes:"]),
    ...sizes.map(({ relation, before, after }) => `  ${relation}: ${before} to ${after} bytes`),
    ...(recorded ? [`kept for forecasts: ${measurements.length}`] : []),
  ].join("\n")
}
