import { errorPage } from "../../src/errors/all.ts"
import { type Block, blocksOf, type Command, commandsOf, pathOf } from "./page.ts"
import { isShown } from "./placeholders.ts"
import { type Scratch, scratchProject } from "./scratch.ts"

/** What came of running a page. */
export interface PageRun {
  /** How many commands of Lockstep were run. */
  readonly commands: number
  readonly problems: readonly string[]
  /** The page with the outputs as they really are. */
  readonly corrected: string
}

/**
 * Does what a page tells its reader to do, block by block: writes the files that it shows, runs its commands, and
 * compares what they print.
 *
 * Remarks in front of a block steer it: `project: <folder>` starts over in a copy of a folder of this repository
 * (`project: none` in an empty one), `first: <command>`, `first sql: <statements>` and `first rm: <file>` do what the
 * reader is spared,
 * `scratch: shared` lets all commands behind it use the tests' own server where they would start one,
 * `database: staging` makes a further database at `STAGING_DATABASE_URL`, and `first sql in staging: <statements>` runs there;
 * `file: <path>` writes a block that does not begin with its path, `run` runs a block of SQL, `not run: <reason>` passes
 * over one.
 */
export async function runPage(path: string, markdown: string): Promise<PageRun> {
  const problems: string[] = []
  const lines = markdown.split("\n")
  const blocks = blocksOf(markdown)
  const texts: string[] = []
  let commands = 0
  let scratch: Scratch | undefined
  try {
    for (const block of blocks) {
      const project = remarkOf(block, "project")
      if (project !== undefined) await scratch?.[Symbol.asyncDispose]()
      if (project !== undefined || scratch === undefined) scratch = await scratchProject(project ?? "none")
      const run = await runBlock(block, scratch)
      commands += run.commands
      problems.push(...run.problems.map((problem) => `${path}:${block.line}: ${problem}`))
      texts.push(run.corrected)
    }
  } finally {
    await scratch?.[Symbol.asyncDispose]()
  }
  for (const [index, { line, text }] of [...blocks.entries()].reverse()) {
    lines.splice(line - 1, text.split("\n").length, ...(texts[index] ?? text).split("\n"))
  }
  return { commands, problems, corrected: lines.join("\n") }
}

function remarkOf({ remarks }: Block, wanted: string): string | undefined {
  return remarks.find(({ name }) => name === wanted)?.value
}

async function runBlock(block: Block, scratch: Scratch): Promise<PageRun> {
  const nothing = { commands: 0, problems: [], corrected: block.text }
  for (const { name, value } of block.remarks) {
    if (name === "first") await runFirst(value, scratch)
    if (name === "scratch") scratch.shareServer()
    if (name === "database") await scratch.addDatabase(value)
    if (name === "first sql") await scratch.run(value)
    if (name.startsWith("first sql in ")) await scratch.run(value, name.slice("first sql in ".length))
    if (name === "first rm") await scratch.remove(value)
  }
  if (remarkOf(block, "not run") !== undefined) return nothing
  const file = remarkOf(block, "file") ?? pathOf(block)
  if (isShell(block)) return runCommands(block, scratch)
  if (file !== undefined) await scratch.write(file, `${block.text}\n`)
  else if (remarkOf(block, "run") !== undefined) await scratch.run(block.text)
  return nothing
}

/** Runs what a reader is spared. */
async function runFirst(command: string, scratch: Scratch): Promise<void> {
  const line = readLine(command, scratch.env)
  const { exit, shown } =
    line === undefined ? { exit: -1, shown: "no command" } : await inShell(line, scratch)
  if (exit !== 0) throw new Error(`"${command}" ended with ${exit}: ${shown}`)
}

function isShell({ language }: Block): boolean {
  return language === "sh" || language === "console"
}

/** What a reader does beside Lockstep, and what needs not be done here. */
const passedOver = /^(?:npm (?:ci|install|run|test)\b|export DATABASE_URL=)/

async function runCommands(block: Block, scratch: Scratch): Promise<PageRun> {
  const problems: string[] = []
  let corrected = ""
  let rest = block.text
  let commands = 0
  for (const command of commandsOf(block)) {
    if (passedOver.test(command.line)) continue
    const line = readLine(command.line, scratch.env)
    if (line === undefined) {
      problems.push(`"${command.line}" is not run; say why with <!-- not run: reason -->`)
      continue
    }
    commands += 1
    const { exit, stdout, shown } = await inShell(line, scratch)
    const wanted = wantedExit(command)
    if (exit !== wanted) problems.push(`"${command.line}" ended with ${exit}, not with ${wanted}:\n${shown}`)
    if (line.redirect !== undefined) await scratch.write(line.redirect, stdout)
    const { output } = command
    if (output === undefined) continue
    const head = headOf(rest)
    corrected += head
    rest = rest.slice(head.length)
    const printed = line.redirect === undefined ? shown : ""
    if (isShown(output, printed)) {
      corrected += rest.slice(0, output.length)
    } else {
      if (!head.endsWith("\n")) corrected += `\n${printed}`
      else corrected += output === "" ? `${printed}\n` : printed
      problems.push(`"${command.line}" prints something else:\n${printed}\ninstead of:\n${output}`)
    }
    rest = rest.slice(output.length)
    await takeNames(output, printed, scratch)
  }
  return { commands, problems, corrected: corrected + rest }
}

/** Returns `text` up to the end of its next command, where its output begins. */
function headOf(text: string): string {
  const match = /^\$ (?:.*\\\n)*.*(?:\n|$)/m.exec(text)
  return match === null ? "" : text.slice(0, match.index + match[0].length)
}

interface Line {
  readonly words: readonly string[]
  readonly variables: Readonly<Record<string, string>>
  readonly redirect?: string
}

/** Reads `NAME=value lockstep words > file`, with or without `npx`; what stands behind `&&` and `|` is not ours. */
function readLine(text: string, env: Readonly<Record<string, string>>): Line | undefined {
  const [own = ""] = text.split(/ (?:&&|\|\|?) /)
  const [command = "", redirect] = own.split(" > ")
  const words = (command.match(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g) ?? []).map((word) =>
    word.replaceAll(/["']/g, "").replaceAll(/\$(\w+)/g, (whole, name: string) => env[name] ?? whole),
  )
  const variables: Record<string, string> = {}
  while (/^[A-Z_]+=/.test(words[0] ?? "")) {
    const [assignment = ""] = words.splice(0, 1)
    variables[assignment.slice(0, assignment.indexOf("="))] = assignment.slice(assignment.indexOf("=") + 1)
  }
  if (words[0] === "npx") words.shift()
  if (words.shift() !== "lockstep") return undefined
  return { words, variables, ...(redirect === undefined ? {} : { redirect: redirect.trim() }) }
}

async function inShell({ words, variables }: Line, scratch: Scratch) {
  const before = { ...scratch.env }
  Object.assign(scratch.env, variables)
  try {
    return await scratch.lockstep(words)
  } finally {
    for (const name of Object.keys(variables)) delete scratch.env[name]
    Object.assign(scratch.env, before)
  }
}

/** A command that shows an error ends as the error's page says; any other says it in a comment, `# exit 3`, or ends well. */
function wantedExit({ comment, output = "" }: Command): number {
  const [, said] = /^exit (\d+)/.exec(comment) ?? []
  const [, code] = /^error: .*\[([a-z-]+)[\],]/m.exec(output) ?? []
  return Number(said ?? (code === undefined ? 0 : errorPage(code)?.exit))
}

/** Gives files that a command wrote the names that the page says, so that what follows finds them. */
async function takeNames(expected: string, actual: string, scratch: Scratch): Promise<void> {
  const written = actual.split("\n")
  for (const [index, name] of expected.split("\n").entries()) {
    const from = written[index]
    if (from !== undefined && from !== name && isPath.test(name) && isPath.test(from))
      await scratch.move(from, name)
  }
}

const isPath = /^[\w./-]+\.(?:sql|ts)$/
