import { execFileSync } from "node:child_process"
import { readdir, readFile } from "node:fs/promises"
import { join } from "node:path"
import { expect, test } from "vitest"
import { parseArguments } from "../../src/cli/arguments.ts"
import { commands } from "../../src/cli/commands/all.ts"
import { globalOptions } from "../../src/cli/globals.ts"
import { platforms, type Recipe, recipes } from "../../src/cli/init/recipes.ts"
import { lockstep } from "../cli/lockstep.ts"
import { checkedJson } from "../cli/schemas.ts"
import { testProject } from "../project.ts"

test("a recipe is written once, and nothing is overwritten", async () => {
  await using project = await testProject({})
  const at = { cwd: project.root }
  const first = await lockstep(["init", "--platform", "cloud-run", "--json"], at)
  expect(checkedJson("init", first.stdout)).toMatchObject({
    result: { written: ["deploy/cloud-run.sh"], kept: [] },
  })
  const again = await lockstep(["init", "--platform", "cloud-run"], at)
  expect(again.stdout).toContain("kept   deploy/cloud-run.sh")
  expect((await lockstep(["init", "--platform", "mainframe"], at)).exit).toBe(2)
  const script = join(project.root, "deploy/cloud-run.sh")
  execFileSync("sh", ["-n", script])
  expect(await readFile(script, "utf8")).toContain("--max-retries 0")
  expect(await readdir(project.root)).not.toContain("lockstep.config.ts")
})

/** `lockstep a b` in shell, in JSON lists, and in gcloud's lists with commas. */
function commandLines(text: string): string[][] {
  const code = text
    .split("\n")
    .filter((line) => !line.trim().startsWith("#"))
    .join("\n")
    .replaceAll("\\\n", " ")
  const inLists = [...code.matchAll(/\[([^\]]*"lockstep"[^\]]*)\]/g)].map(([, list = ""]) =>
    list.split(",").map((word) => word.trim().replace(/^"|"$/g, "")),
  )
  const withCommas = [...code.matchAll(/"lockstep,([^"]*)"/g)].map(([, list = ""]) => [
    "lockstep",
    ...list.split(","),
  ])
  const inShell = [...code.matchAll(/\bnpx lockstep ([^\n|)]*)/g)].map(([, rest = ""]) => [
    "lockstep",
    ...rest.replaceAll('"', "").trim().split(/\s+/),
  ])
  return [...inLists, ...withCommas, ...inShell].map((words) => words.slice(words.indexOf("lockstep") + 1))
}

test.each(platforms)(
  "%s: every command in it is one that Lockstep takes, and it deploys or waits",
  async (platform) => {
    const { files }: Recipe = recipes[platform]
    const lines = Object.values(files).flatMap(commandLines)
    expect(lines.some(([name]) => name === "deploy" || name === "entrypoint")).toBe(true)
    for (const [name = "", ...words] of lines) {
      const command = await commands[name]?.load()
      expect(command, name).toBeDefined()
      // The program behind `--` stands in another line of the Dockerfile.
      if (command === undefined || name === "entrypoint") continue
      parseArguments(words, { ...command.options, ...globalOptions }, command.operands)
    }
    // A tab in YAML is an error, and so is an odd indentation.
    for (const [path, text] of Object.entries(files))
      if (/\.ya?ml$/.test(path)) {
        expect(text).not.toContain("\t")
        for (const line of text.split("\n"))
          expect(/^ */.exec(line)?.[0].length).toSatisfy((width: number) => width % 2 === 0)
      }
  },
)
