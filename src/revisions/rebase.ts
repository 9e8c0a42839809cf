import { randomBytes } from "node:crypto"
import { chmodSync, readFileSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs"
import { resolve } from "node:path"
import type { ProjectOptions } from "../api/options.ts"
import { ToolError } from "../diagnostic.ts"
import { notWritable, unreadable } from "../file-error.ts"
import { findRevision } from "./find.ts"
import type { RevisionFolder } from "./folder.ts"
import { headerBlocks } from "./header-lines.ts"
import type { Revision } from "./revision.ts"
import type { WrittenRevision } from "./written.ts"

export interface RebaseOptions extends Pick<ProjectOptions, "root"> {
  /** False: only say what would be written. Default: true. */
  readonly write?: boolean
}

/**
 * Moves a revision: rewrites the parent lines of its header and nothing else. What follows it moves along. The caller
 * makes sure that no database has applied it.
 *
 * @param onto ids of its new parents; none makes it a base
 * @throws ToolError `unknown-revision`, `revision-cycle`, `not-rebasable`, `not-writable`
 */
export function rebaseRevision(
  folder: RevisionFolder,
  id: string,
  onto: readonly string[],
  options: RebaseOptions,
): WrittenRevision {
  const { graph } = folder
  const revision = graph.get(id) ?? findRevision(graph, id)
  const parents = [...new Set(onto.map((word) => graph.get(word)?.id ?? findRevision(graph, word).id))]
  const below = graph.descendants([revision.id])
  const loop = parents.find((parent) => below.has(parent))
  if (loop !== undefined) {
    throw new ToolError("revision-cycle", `${revision.id} cannot follow ${loop}, which needs it`, {
      subject: revision.id,
      hint: "choose a revision that does not come after it: `lockstep history` lists them",
    })
  }
  const path = resolve(options.root ?? ".", revision.file)
  const content = withParents(readText(path, revision.file), revision, parents)
  if (options.write !== false) replaceFile(path, content, revision.file)
  return { id: revision.id, title: revision.title, parents, files: [{ path: revision.file, content }] }
}

function withParents(text: string, revision: Revision, parents: readonly string[]): string {
  const { id, file, language } = revision
  const mark = text.startsWith("\uFEFF") ? "\uFEFF" : ""
  const body = text.slice(mark.length)
  const lines = headerBlocks(body, language).flat()
  const own = lines.find(({ key }) => key.toLowerCase() === "revision")
  if (own === undefined) {
    throw new ToolError("not-rebasable", `${id} has no header: its place is decided by its file name`, {
      hint: `rename ${file} so that it comes after the others`,
      subject: id,
    })
  }
  const sign = language === "sql" ? "--" : "//"
  const line = parents.length === 0 ? "" : `${sign} parent: ${parents.join(", ")}`
  const old = lines.filter(({ key }) => key.toLowerCase() === "parent")
  const lineBreak = body.includes("\r\n") ? "\r\n" : "\n"
  if (old.length === 0) {
    return line === "" ? text : `${mark}${body.slice(0, own.end)}${lineBreak}${line}${body.slice(own.end)}`
  }
  let result = ""
  let copied = 0
  for (const [index, { start, end }] of old.entries()) {
    const replacement = index === 0 ? line : ""
    const removed = replacement === "" ? afterLineBreak(body, end) : end
    result += body.slice(copied, start) + replacement
    copied = removed
  }
  return mark + result + body.slice(copied)
}

function afterLineBreak(text: string, from: number): number {
  const feed = text.indexOf("\n", from)
  return feed < 0 ? text.length : feed + 1
}

function readText(path: string, shown: string): string {
  try {
    return readFileSync(path, "utf8")
  } catch (error) {
    throw unreadable(shown, error)
  }
}

/** Replaces a file in one step, so that a crash leaves the old one or the new one. */
function replaceFile(path: string, content: string, shown: string): void {
  // A link stays a link: what it points to is replaced.
  const target = realpathSync(path)
  const temporary = `${target}.${randomBytes(4).toString("hex")}.tmp`
  try {
    writeFileSync(temporary, content, { flag: "wx" })
    chmodSync(temporary, statSync(target).mode)
    renameSync(temporary, target)
  } catch (error) {
    rmSync(temporary, { force: true })
    throw notWritable(shown, error)
  }
}
