import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { describe, expect, test } from "vitest"
import { parseHeader } from "../src/revisions/header.ts"
import { splitStatements } from "../src/sql/statements.ts"
import { type Block, blocksOf, commandsOf } from "./docs/page.ts"
import { isShown } from "./docs/placeholders.ts"
import { runPage } from "./docs/run-page.ts"
import { typeCheck } from "./docs/type-check.ts"

const repository = fileURLToPath(new URL("../", import.meta.url))

/** Generated from the tables of the program, and tested there. */
const generated = new Set(["docs/commands.md", "docs/configuration.md"])

const pages = ["README.md", ...["docs", "docs/stories"].flatMap(pathsIn)]
  .filter((path) => path.endsWith(".md"))
  .map((path) => ({ path, text: readFileSync(join(repository, path), "utf8") }))

const written = pages.filter(({ path }) => !generated.has(path))

function pathsIn(folder: string): readonly string[] {
  return readdirSync(join(repository, folder)).map((name) => `${folder}/${name}`)
}

function blocks(language: string): { readonly place: string; readonly block: Block }[] {
  return written.flatMap(({ path, text }) =>
    blocksOf(text)
      .filter((block) => block.language === language)
      .map((block) => ({ place: `${path}:${block.line}`, block })),
  )
}

// LOCKSTEP_WRITE_DOCS=1 puts the outputs as they are into the pages; the review is of the difference.
test.each(written)(
  "$path: what it tells to do can be done, and prints what it shows",
  async ({ path, text }) => {
    const { problems, corrected } = await runPage(path, text)
    if (process.env.LOCKSTEP_WRITE_DOCS !== undefined) writeFileSync(join(repository, path), corrected)
    expect(problems).toEqual([])
  },
)

test("every TypeScript example compiles", () => {
  const examples = blocks("ts").map(({ place, block }) => ({ place, text: block.text }))
  expect(examples.length).toBeGreaterThan(5)
  const wrong = { place: "here", text: 'import { upgrde } from "lockstep"' }
  expect(typeCheck([...examples, wrong])).toEqual([expect.stringMatching(/^here: .* no exported member/)])
})

test("every revision has a header and statements that can be read", () => {
  for (const { place, block } of blocks("sql")) {
    const { text } = block
    expect(() => parseHeader(text, place, "sql"), place).not.toThrow()
    expect(() => splitStatements({ text, file: place, line: 1 }), place).not.toThrow()
  }
})

test("every link leads somewhere", () => {
  const dead = pages.flatMap(({ path, text }) =>
    [...text.matchAll(/\]\((?!https?:)([^)#]*)(?:#([\w-]+))?\)/g)].flatMap(([link, target = "", anchor]) => {
      const file = target === "" ? join(repository, path) : join(repository, dirname(path), target)
      if (!existsSync(file)) return [`${path}: ${link}`]
      return anchor === undefined || anchors(readFileSync(file, "utf8")).has(anchor)
        ? []
        : [`${path}: ${link}`]
    }),
  )
  expect(dead).toEqual([])
})

/** The names that headings have in links. */
function anchors(markdown: string): Set<string> {
  const headings = [...markdown.matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) => heading.toLowerCase())
  return new Set(headings.map((heading) => heading.replaceAll(/[^\w\- ]/g, "").replaceAll(" ", "-")))
}

describe("a page", () => {
  const shown = (text: string) => `\`\`\`console\n${text}\n\`\`\`\n`

  test.each([
    ["a command that fails", shown("$ lockstep upgarde\ndone"), "ended with 2, not with 0"],
    ["an output that is another", shown("$ lockstep heads\nno heads"), "prints something else"],
    ["an option that is gone", "```sh\nlockstep new x --paren base\n```\n", "ended with 2"],
    ["a command that nobody runs", "```sh\nmake migrate\n```\n", "say why"],
  ])("with %s is noticed", async (_, markdown, problem) => {
    const { problems } = await runPage("page.md", `<!-- project: examples/assistants -->\n\n${markdown}`)
    expect(problems.join("\n")).toContain(problem)
  })

  test("is corrected where an output is another", async () => {
    const { corrected } = await runPage(
      "page.md",
      `<!-- project: none -->\n\n${shown("$ lockstep heads\nold\n\n$ lockstep explain x")}`,
    )
    expect(corrected).toContain("$ lockstep heads\nerror: there is no folder migrations")
    expect(corrected).toContain("\n\n$ lockstep explain x\nerror: there is no error code")
  })

  test("shows other times and ids than a run, in the same places", () => {
    expect(isShown("✓ 4f2a9c1b7d3e applied 12ms", "✓ 9e8c7aa5b945 applied 1.5s")).toBe(true)
    expect(isShown("4f2a9c1b7d3e\n4f2a9c1b7d3e", "4f2a9c1b7d3e\n9e8c7aa5b945")).toBe(false)
    expect(isShown("first\n...\nlast", "first\nand\nmore\nlast")).toBe(true)
    expect(isShown("first\n...\nlast", "first\nlast")).toBe(true)
    expect(isShown("first\n...\nlast", "first\nand\nmore")).toBe(false)
    expect(isShown("...\nb\n...\na\n...", "0\na\nb\n1")).toBe(false)
    expect(isShown("...\nfirst", "not the first")).toBe(false)
  })

  test("is read as commands with comments, continued lines and outputs", () => {
    const [block] = blocksOf(
      "<!-- not run: x -->\n\n```console\n$ lockstep a \\\n    b   # exit 3\nout\n\nput\n$ lockstep c\n```",
    )
    expect(block?.remarks).toEqual([{ name: "not run", value: "x" }])
    expect(commandsOf(block as Block)).toEqual([
      { line: "lockstep a b", comment: "exit 3", output: "out\n\nput" },
      { line: "lockstep c", comment: "", output: "" },
    ])
  })
})
