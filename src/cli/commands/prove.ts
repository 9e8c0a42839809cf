import { type ProveResult, prove as proveQueries } from "../../api/prove.ts"
import type { Colors } from "../../report/colors.ts"
import { count } from "../../report/count.ts"
import { defineCommand } from "../command.ts"
import { given } from "../given.ts"
import { applicationOf, applicationOptions } from "../queries.ts"
import { scratchOption, scratchOptions } from "../scratch-option.ts"

export const prove = defineCommand({
  name: "prove",
  description:
    "Says whether the queries that work now still work after what is pending. Each is prepared, planned and executed as the application's role, before and after, on a scratch server; names what breaks, whence it comes, with what, and by which statement. Of the releases that serve in the environment, the queries are known that their deploys have stored there; those of the release to come are in the files. Where `tenants` declares schemas whose tables are kept apart by a column, warns of queries on them that carry no condition on it. Exits with 3 where something does. The database is only asked for what it has applied; with `--range` none is.",
  operands: { environment: { help: "An environment of the configuration; the same as --env" } },
  options: {
    ...applicationOptions,
    range: {
      type: "text",
      value: "a:b",
      help: "From where the database is to where it shall be, without asking it",
    },
    ...scratchOption,
  },
  examples: [
    { line: "prove prod", says: "before a deploy" },
    { line: "prove prod --queries queries.sql --role app", says: "as the application's role" },
    { line: "prove --range aaaa:heads --queries queries.sql", says: "without a database" },
  ],
  async run({ queries, role, range, scratch }, { environment }, context) {
    const chosen = environment === undefined ? context : context.inEnvironment(environment)
    const configuration = await chosen.configuration()
    const { root, project, gate } = configuration
    const result = await proveQueries({
      ...project,
      ...(await applicationOf({ queries, role }, context.io.cwd, configuration)),
      ...given({
        range,
        soakMs: gate.soak,
        target: range === undefined ? await chosen.targetOptions() : undefined,
      }),
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

function printProof(
  { proven, broken, tenants, unproven, revisions, releases }: ProveResult,
  paint: Colors,
): string {
  const failing = new Set(broken.filter(({ severity }) => severity === "error").map(({ query }) => query))
    .size
  const verdict =
    failing === 0
      ? `${paint.green("proven")}: ${queriesText(proven)} still good after ${count(revisions.length, "revision")}`
      : `${paint.red("broken")}: ${failing} of ${queriesText(proven)}`
  const known =
    releases.length === 0
      ? ""
      : `, with those of ${releases.join(", ")}, ${releases.length === 1 ? "which serves" : "which serve"}`
  return [
    ...broken.map(({ query, from, releases: issuedBy, severity, message, statement, file, line }) => {
      const mark = severity === "error" ? paint.red(severity) : paint.yellow(severity)
      const places = from.filter((place) => place !== query)
      const whence = [
        ...(places.length === 0 ? [] : [`from ${places.join(", ")}`]),
        ...(issuedBy.length === 0
          ? []
          : [`of ${issuedBy.join(", ")}, ${issuedBy.length === 1 ? "which serves" : "which serve"}`]),
      ]
      const origin = whence.length === 0 ? "" : `\n  ${whence.join(", ")}`
      return `${paint.bold(query)} ${mark} ${message}${origin}\n  by ${file}:${line} ${paint.dim(statement.split("\n")[0] ?? "")}`
    }),
    ...tenants.map(
      ({ query, sql, message }) =>
        `${paint.bold(query)} ${paint.yellow("warning")} ${message} [tenant-condition]\n  ${paint.dim(sql.split("\n")[0] ?? "")}`,
    ),
    ...unproven.map(({ query, because, afterwards }) =>
      paint.dim(
        afterwards === undefined
          ? `${query} is new: it works after what is pending, not before (${because})`
          : `${query} did not work before: ${because}${afterwards === because ? "; nor does it after" : `; after: ${afterwards}`}`,
      ),
    ),
    verdict + known,
  ].join("\n")
}
