import { type ProveResult, prove as proveQueries } from "../../api/prove.ts"
import { ToolError } from "../../diagnostic.ts"
import type { Colors } from "../../report/colors.ts"
import { count } from "../../report/count.ts"
import { readSql } from "../../sql/read-sql.ts"
import { defineCommand } from "../command.ts"
import { given } from "../given.ts"
import { scratchOption, scratchOptions } from "../scratch-option.ts"

export const prove = defineCommand({
  name: "prove",
  description:
    "Says whether the queries that work now still work after what is pending. Each is prepared, planned and executed as the application's role, before and after, on a scratch server; names what breaks, with what, and by which statement. Where `tenants` declares schemas whose tables are kept apart by a column, warns of queries on them that carry no condition on it. Exits with 3 where something does. The database is only asked for what it has applied; with `--range` none is.",
  operands: { environment: { help: "An environment of the configuration; the same as --env" } },
  options: {
    queries: { type: "list", value: "path", help: "SQL that the application issues, with $1, $2, ..." },
    role: { type: "text", value: "name", help: "The role that the application connects as" },
    range: {
      type: "text",
      value: "a:b",
      help: "From where the database is to where it shall be, without asking it",
    },
    ...scratchOption,
  },
  examples: [
    { line: "prove prod --queries queries.sql --role app", says: "before a deploy" },
    { line: "prove --range aaaa:heads --queries queries.sql", says: "without a database" },
  ],
  async run({ queries, role, range, scratch }, { environment }, context) {
    if (queries.length === 0) {
      throw new ToolError("wrong-operands", "prove needs the queries of the application", {
        hint: "lockstep queries pull > queries.sql, then lockstep prove --queries queries.sql",
      })
    }
    const chosen = environment === undefined ? context : context.inEnvironment(environment)
    const { root, project } = await chosen.configuration()
    const result = await proveQueries({
      ...project,
      queries: await Promise.all(queries.map((path) => readSql(context.io.cwd, path))),
      ...given({ role, range, target: range === undefined ? await chosen.targetOptions() : undefined }),
      scratch: scratchOptions(scratch, root),
    })
    return {
      result,
      exit: result.broken.some(({ severity }) => severity === "error") ? 3 : 0,
      text: (paint) => printProof(result, paint),
    }
  },
})

function queriesText(number: number): string {
  return number === 1 ? "1 query" : `${number} queries`
}

function printProof({ proven, broken, tenants, unproven, revisions }: ProveResult, paint: Colors): string {
  const failing = new Set(broken.filter(({ severity }) => severity === "error").map(({ query }) => query))
    .size
  const verdict =
    failing === 0
      ? `${paint.green("proven")}: ${queriesText(proven)} still good after ${count(revisions.length, "revision")}`
      : `${paint.red("broken")}: ${failing} of ${queriesText(proven)}`
  return [
    ...broken.map(({ query, severity, message, statement, file, line }) => {
      const mark = severity === "error" ? paint.red(severity) : paint.yellow(severity)
      return `${paint.bold(query)} ${mark} ${message}\n  by ${file}:${line} ${paint.dim(statement.split("\n")[0] ?? "")}`
    }),
    ...tenants.map(
      ({ query, sql, message }) =>
        `${paint.bold(query)} ${paint.yellow("warning")} ${message} [tenant-condition]\n  ${paint.dim(sql.split("\n")[0] ?? "")}`,
    ),
    ...unproven.map(({ query, because }) => paint.dim(`${query} did not work before: ${because}`)),
    verdict,
  ].join("\n")
}
