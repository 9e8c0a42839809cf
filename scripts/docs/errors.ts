import { errorPages } from "../../src/errors/all.ts"
import type { ErrorPage } from "../../src/errors/define.ts"
import { exitCodes } from "../../src/errors/exit-codes.ts"
import { table } from "./markdown.ts"

/** One page per error code, and the list of all. */
export function errorDocs(): ReadonlyMap<string, string> {
  const pages = Object.entries<ErrorPage>(errorPages).sort(([a], [b]) => (a < b ? -1 : 1))
  const files = new Map<string, string>()
  files.set("docs/errors/README.md", index(pages))
  for (const [code, page] of pages) files.set(`docs/errors/${code}.md`, errorPage(code, page))
  return files
}

function errorPage(code: string, { exit, when, why, fix }: ErrorPage): string {
  return `# ${code}

${when}

Exit code ${exit}: ${exitCodes[exit]}.

## Why Lockstep stops

${why}

## What to do

${fix}
`
}

function index(pages: readonly (readonly [string, ErrorPage])[]): string {
  const rows = pages.map(([code, { exit, when }]) => [`[${code}](${code}.md)`, String(exit), when])
  return `# Errors

Every error ends its first line with its code, in square brackets. Codes are stable; test them, never the text.
\`lockstep explain <code>\` prints the same pages.

${table(["code", "exit", "when"], rows)}

## Exit codes

${table(["exit", "meaning"], Object.entries(exitCodes))}
`
}
