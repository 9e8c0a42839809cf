import { execFileSync } from "node:child_process"
import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { describe, expect, test } from "vitest"
import { commands } from "../../src/cli/commands/all.ts"
import { testProject } from "../project.ts"
import { lockstep } from "./lockstep.ts"

const nowhere = { cwd: tmpdir() }

describe("help", () => {
  test("lists every command with its summary", async () => {
    const { exit, stdout, stderr } = await lockstep(["--help"], nowhere)
    expect({ exit, stderr }).toEqual({ exit: 0, stderr: "" })
    for (const [name, { summary }] of Object.entries(commands))
      expect(stdout).toContain(`${name.padEnd(10)}  ${summary}`)
  })

  test("without a command it goes to standard error, and is an error", async () => {
    const { exit, stdout, stderr } = await lockstep([], nowhere)
    expect(exit).toBe(2)
    expect(stdout).toBe("")
    expect(stderr).toContain("Usage: lockstep <command>")
  })

  test("of a command shows what it takes, defaults and examples, under each of its names", async () => {
    const { stdout } = await lockstep(["upgrade", "--help"], nowhere)
    expect(stdout).toContain("Usage: lockstep upgrade [<revisions>...] [options]")
    expect(stdout).toMatch(
      /--lock-timeout <duration> +Longest wait of one statement for a lock; 0 for no limit\s+\(default: 2s\)/,
    )
    expect(stdout).toContain("Also called: up, migrate")
    expect(stdout).toContain("lockstep upgrade --dry-run")
    for (const words of [
      ["up", "-h"],
      ["help", "upgrade"],
      ["upgrade", "nonsense", "more", "--help"],
    ])
      expect((await lockstep(words, nowhere)).stdout).toBe(stdout)
  })

  test.each(Object.keys(commands))("of %s fits a terminal", async (name) => {
    const { exit, stdout } = await lockstep([name, "--help"], nowhere)
    expect(exit).toBe(0)
    expect(stdout).toContain(`Usage: lockstep ${name}`)
    const wide = stdout.split("\n").filter((line) => line.length > 100 && !line.includes("#"))
    expect(wide).toEqual([])
  })
})

describe("words that are not understood", () => {
  test.each([
    [["upgarde"], "unknown-command", 'did you mean "upgrade"?'],
    [["frobnicate"], "unknown-command", "list all commands with: lockstep --help"],
    [["upgrade", "--dry-rnu"], "unknown-option", 'did you mean "--dry-run"?'],
    [["--parent", "x", "upgrade"], "unknown-option", "options of a command come after its name"],
    [["upgrade", "--lock-timeout", "soon"], "invalid-option", ""],
    [["upgrade", "--step-done", "--step-again"], "invalid-option", ""],
    [
      ["upgrade", "--sql", "--single-transaction"],
      "invalid-option",
      "--sql and --single-transaction exclude",
    ],
    [["downgrade"], "wrong-operands", ""],
    [["stamp"], "wrong-operands", "lockstep stamp head"],
    [["explain", "mutliple-heads"], "unknown-code", 'did you mean "multiple-heads"?'],
    [["status", "--config", "gone.ts"], "config-not-found", ""],
    [["history", "a:b", "--range", "a:b"], "wrong-operands", ""],
  ])("%s", async (words, code, hint) => {
    const { exit, stdout, stderr } = await lockstep(words, nowhere)
    expect(exit).toBe(2)
    expect(stdout).toBe("")
    expect(stderr).toContain(`[${code}]`)
    expect(stderr).toContain(hint)
  })

  test("are answered as a document where one was asked for", async () => {
    const { exit, stdout } = await lockstep(["--json", "upgarde"], nowhere)
    expect(exit).toBe(2)
    expect(JSON.parse(stdout)).toMatchObject({
      v: 1,
      command: "upgarde",
      ok: false,
      exit: 2,
      diagnostics: [{ code: "unknown-command" }],
    })
  })
})

describe("colours", () => {
  const sequence = "\u001b["
  const coloured = async (env: Record<string, string>, ...words: string[]) => {
    const { stderr } = await lockstep(["upgarde", ...words], { ...nowhere, env })
    return stderr.includes(sequence)
  }

  test("only on a terminal, or where they are forced; NO_COLOR wins", async () => {
    expect(await coloured({})).toBe(false)
    expect(await coloured({ FORCE_COLOR: "1" })).toBe(true)
    expect(await coloured({ FORCE_COLOR: "0" })).toBe(false)
    expect(await coloured({ FORCE_COLOR: "1", NO_COLOR: "1" })).toBe(false)
    expect(await coloured({ FORCE_COLOR: "1" }, "--no-color")).toBe(false)
  })
})

test("a password in the address is never printed, whatever goes wrong", async () => {
  await using project = await testProject({ "1_a.sql": "create table a ();" })
  const at = { cwd: project.root, env: { LOCKSTEP_CONNECT_TIMEOUT: "2s" } }
  for (const url of [
    "postgres://app:hunter2@127.0.0.1:1/shop",
    "postgres://app:hunter2@[nonsense/shop",
    "host=127.0.0.1 port=1 password=hunter2",
  ])
    for (const words of [["status"], ["upgrade", "--debug"], ["status", "--json", "--debug", "--verbose"]]) {
      const { exit, stdout, stderr } = await lockstep([...words, "--url", url], at)
      expect(exit).toBeGreaterThan(0)
      expect(stdout + stderr).not.toContain("hunter2")
    }
})

test("an exception that nobody expected is called a defect, with its stack", async () => {
  const root = await mkdtemp(join(tmpdir(), "lockstep-defect-"))
  await writeFile(
    join(root, "lockstep.config.mjs"),
    'export default { url: () => { throw new TypeError("x is not a function; postgres://a:hunter2@b/c") } }',
  )
  const { exit, stderr } = await lockstep(["status"], { cwd: root })
  await rm(root, { recursive: true })
  expect(exit).toBe(1)
  expect(stderr).toContain("this is a defect of Lockstep: x is not a function")
  expect(stderr).toContain("lockstep.config.mjs:1")
  expect(stderr).not.toContain("hunter2")
})

describe("edit", () => {
  test("opens the file of a revision in the editor of the setting, VISUAL or EDITOR", async () => {
    await using project = await testProject({ "1_a.sql": "-- revision: a1\n\nselect 1;\n" })
    const cwd = project.root
    const env = { PATH: process.env.PATH, EDITOR: "false", VISUAL: "test -f" }
    expect(await lockstep(["edit"], { cwd, env })).toEqual({
      exit: 0,
      stdout: "migrations/1_a.sql\n",
      stderr: "",
    })
    const failed = await lockstep(["edit", "a1"], { cwd, env: { ...env, LOCKSTEP_EDITOR: "false" } })
    expect(failed.exit).toBe(2)
    expect(failed.stderr).toContain('the editor "false" ended with exit code 1 [editor-failed]')
    expect((await lockstep(["edit"], { cwd })).stderr).toContain("no editor is known")
  })
})

describe("completion", () => {
  test.each(["bash", "zsh", "fish"])(
    "for %s knows every command and the choices of options",
    async (shell) => {
      const { exit, stdout } = await lockstep(["completion", shell], nowhere)
      expect(exit).toBe(0)
      for (const name of Object.keys(commands)) expect(stdout).toContain(name)
      expect(stdout).toContain("error allow warn")
    },
  )

  test.each([
    ["lockstep upg", ["upgrade"]],
    ["lockstep --env prod statu", ["status"]],
    ["lockstep upgrade --dry", ["--dry-run"]],
    ["lockstep upgrade --out-of-order ", ["error", "allow", "warn"]],
    ["lockstep new --phase exp", ["expand"]],
    ["lockstep generate --phase a", ["all"]],
    ["lockstep history --lock", []],
  ])("in bash, %s", async (line, expected) => {
    const { stdout } = await lockstep(["completion", "bash"], nowhere)
    const words = line.split(" ").map((word) => `"${word}"`)
    const script = `${stdout}\nCOMP_WORDS=(${words.join(" ")}); COMP_CWORD=${words.length - 1}; _lockstep; printf '%s\\n' "\${COMPREPLY[@]}"`
    const found = execFileSync("bash", ["-c", script], { encoding: "utf8" }).trim()
    expect(found === "" ? [] : found.split("\n")).toEqual(expected)
  })

  test("for another shell is refused with those there are", async () => {
    const { exit, stderr } = await lockstep(["completion", "tcsh"], nowhere)
    expect(exit).toBe(2)
    expect(stderr).toContain("take one of bash, zsh, fish")
  })
})
