import { resolve } from "node:path"
import { changedRevisions } from "../../bundle/changed.ts"
import { gitChanges } from "../../bundle/git.ts"
import type { Diagnostic } from "../../diagnostic.ts"
import { failingIn } from "../../prove/failing.ts"
import { type Query, type ReleaseQueries, withReleases } from "../../prove/query.ts"
import { mergeQueries } from "../../queries/manifest.ts"
import { queriesIn, queriesOf, queryFiles } from "../../queries/read.ts"
import { appliedHeads } from "../../revisions/resolve.ts"
import { decodeSql } from "../../sql/decode.ts"
import { makeApplicationRole } from "../application-role.ts"
import { replay } from "../catalog-source.ts"
import type { Project } from "../project.ts"
import { type BrokenQuery, proveOn } from "../prove.ts"
import { openRehearsal } from "../rehearsal.ts"
import type { Guard, Subject, Verdict } from "./guard.ts"

/** The queries of the application work on the schema that the revisions lead to; with `since`, old and new ones do. */
export const proof: Guard = {
  name: "proof",
  asks: "Do the queries of the application work after all revisions, and those of before after the new ones?",
  after: "replay",
  async check(subject) {
    const { queries, since } = subject.options
    if (queries === undefined && since === undefined)
      return {
        verdict: "skipped",
        evidence:
          "nothing says what the application issues: the setting queries, or queries.json of lockstep/record",
      }
    const current = await withReleases(queriesOf(queries ?? []), [])
    const standing = await onTheSchema(subject, current)
    return since === undefined || standing.verdict === "no"
      ? standing
      : await acrossChange(subject, since, standing)
  },
}

/** Prepares every query after all revisions; of one that fails, finds the revision that took it away. */
async function onTheSchema(subject: Subject, queries: readonly Query[]): Promise<Verdict> {
  const { options, project, scratch } = subject
  const server = await scratch()
  await using database = await server.database()
  // As where it is deployed: what the owner gives to all is there first, and revisions take of it.
  const early = await makeApplicationRole(server, database, options)
  await replay(database, server, options, ["heads"])
  const made = await makeApplicationRole(server, database, options, early)
  const failing = await failingIn(database, queries, made?.role)
  if (failing.length === 0)
    return {
      verdict: "yes",
      evidence: `${countQueries(queries.length)} good on the schema that the revisions lead to`,
    }
  const opened = await project()
  const breaks = await breakingRevisions(
    subject,
    opened,
    failing.map(({ query }) => query),
  )
  return {
    verdict: "no",
    evidence: `${failing.length} of ${countQueries(queries.length)} do not work on the schema that the revisions lead to`,
    findings: failing.map(({ query, failure }): Diagnostic => {
      const [file, line] = placeOf(query.from[0])
      const by = breaks.get(query)
      return {
        code: "query-breaks",
        severity: "error",
        message: `the query ${query.name} fails with ${failure.sqlState}: ${failure.message}${by === undefined ? "" : `, since ${by}`}`,
        ...(file === undefined ? {} : { location: { file, line } }),
        hint: "change the query, or the revision; where the query is gone from the code, record the queries anew",
      }
    }),
  }
}

/** Runs the revisions one by one, and returns after which of them a query no longer works; it has to have worked. */
async function breakingRevisions(
  { options, scratch, historySchema }: Subject,
  opened: Project,
  queries: readonly Query[],
): Promise<ReadonlyMap<Query, string>> {
  await using rehearsal = await openRehearsal(opened, await scratch(), { ...options, historySchema })
  const broke = new Map<Query, string>()
  let working = new Set<Query>()
  for (const revision of opened.folder.revisions) {
    await rehearsal.run(revision, "up")
    const failing = new Set((await failingIn(rehearsal.database, queries)).map(({ query }) => query))
    for (const query of working) if (failing.has(query)) broke.set(query, revision.file)
    working = new Set(queries.filter((query) => !failing.has(query)))
  }
  return broke
}

/** Proves what the files said at another commit, and what they say now, against the revisions that came since. */
async function acrossChange(subject: Subject, since: string, standing: Verdict): Promise<Verdict> {
  const { options, project, scratch } = subject
  const opened = await project()
  const { graph } = opened.folder
  const { files } = await changedRevisions(options, since)
  const added = new Set(files.filter(({ change }) => change === "added").map(({ file }) => file))
  const revisions = graph.revisions.filter(({ file }) => added.has(file))
  const before = new Set(graph.revisions.filter(({ file }) => !added.has(file)).map(({ id }) => id))
  if (revisions.length === 0 || before.size === 0)
    return { ...standing, evidence: `${standing.evidence}; no revision came since ${since}` }
  const served = await queriesAt(options.root ?? ".", since, options.queryFiles)
  const from = appliedHeads(graph, before).map(({ id }) => id)
  const span = { revisions, from, together: true, served: [served] }
  const { broken, proven } = await proveOn(opened, span, await scratch(), {
    ...options,
    queries: options.queries ?? [],
  })
  const contracts = new Set(revisions.filter(({ phase }) => phase === "contract").map(({ file }) => file))
  const now = new Set(queriesOf(options.queries ?? []).map(({ sql }) => sql))
  // What only older code issues is what a contract is for: the deploy holds it until that code is gone.
  const counts = broken.filter(
    ({ severity, file, sql }) => severity === "error" && (now.has(sql) || !contracts.has(file)),
  )
  const whose = `of ${since} and of now`
  return {
    verdict: counts.length === 0 ? "yes" : "no",
    evidence:
      counts.length === 0
        ? `${countQueries(proven)} ${whose} work after ${revisions.length} new ${revisions.length === 1 ? "revision" : "revisions"}`
        : `${countQueries(new Set(counts.map(({ sql }) => sql)).size)} ${whose} would break`,
    findings: counts.map(asDiagnostic),
  }
}

/** What the files of queries said where the branch began. */
async function queriesAt(
  root: string,
  since: string,
  paths: readonly string[] | undefined,
): Promise<ReleaseQueries> {
  const known = [...queryFiles(root, paths), ...(paths === undefined ? ["queries.json", "queries.sql"] : [])]
  const { readAt } = await gitChanges(resolve(root), since, [])
  const lists = await Promise.all(
    [...new Set(known)].map(async (file) => {
      const bytes = await readAt(file)
      return bytes === undefined ? [] : queriesIn({ text: decodeSql(bytes, file), file, line: 1 })
    }),
  )
  return { release: since, queries: mergeQueries(...lists) }
}

function asDiagnostic({ query, from, message, file, line }: BrokenQuery): Diagnostic {
  const place = from[0] === undefined || from[0] === query ? "" : ` (${from[0]})`
  return {
    code: "query-breaks",
    severity: "error",
    message: `the query ${query}${place} ${message}`,
    location: { file, line },
    hint: "expand first and take away in a contract of a later release; lockstep explain query-breaks",
  }
}

function placeOf(place: string | undefined): readonly [file: string | undefined, line: number] {
  const [, file, line] = /^(.*):(\d+)$/s.exec(place ?? "") ?? []
  return [file, Number(line ?? 1)]
}

function countQueries(number: number): string {
  return number === 1 ? "1 query" : `${number} queries`
}
