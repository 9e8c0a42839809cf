import { execFileSync, spawnSync } from "node:child_process"
import { readFileSync } from "node:fs"
import { readdir, readFile } from "node:fs/promises"
import { createRequire } from "node:module"
import { join } from "node:path"
import { Ajv } from "ajv"
import { parse as parseToml } from "smol-toml"
import { expect, test } from "vitest"
import { parse as parseYaml } from "yaml"
import { parseArguments } from "../../src/cli/arguments.ts"
import { commands } from "../../src/cli/commands/all.ts"
import { globalOptions } from "../../src/cli/globals.ts"
import type { CheckOfFile } from "../../src/cli/init/file-checks.ts"
import {
  platforms,
  pullRequestChecks,
  type Recipe,
  type RecipeFile,
  recipes,
} from "../../src/cli/init/recipes.ts"
import { lockstep } from "../cli/lockstep.ts"
import { checkedJson } from "../cli/schemas.ts"
import { testProject } from "../project.ts"

test("a recipe is written once, and nothing is overwritten", async () => {
  await using project = await testProject({})
  const at = { cwd: project.root }
  const first = await lockstep(["init", "--platform", "cloud-run", "--json"], at)
  expect(checkedJson("init", first.stdout)).toMatchObject({
    result: {
      written: ["deploy/cloud-run.sh", ".github/workflows/lockstep-check.yml"],
      kept: [],
      checks: [
        { file: "deploy/cloud-run.sh", problems: [] },
        { file: ".github/workflows/lockstep-check.yml" },
      ],
    },
  })
  const again = await lockstep(["init", "--platform", "cloud-run"], at)
  expect(again.stdout).toContain("kept   deploy/cloud-run.sh")
  expect(first.stdout).toContain("it was not run")
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
    const lines = Object.values(files).flatMap(({ text }) => commandLines(text))
    expect(lines.some(([name]) => name === "deploy" || name === "entrypoint")).toBe(true)
    for (const [name = "", ...words] of lines) {
      const command = await commands[name]?.load()
      expect(command, name).toBeDefined()
      // The program behind `--` stands in another line of the Dockerfile.
      if (command === undefined || name === "entrypoint") continue
      parseArguments(words, { ...command.options, ...globalOptions }, command.operands)
    }
  },
)

const schemas = join(createRequire(import.meta.url).resolve("schemastore/package.json"), "../schemas/json")
const validators = new Map<string, ReturnType<Ajv["compile"]>>()

/** Says what a published schema finds wrong; the schema is that of `definition`, where one is named. */
function problemsBy(file: string, value: unknown, definition?: string): string[] {
  const key = `${file}#${definition}`
  let validate = validators.get(key)
  if (validate === undefined) {
    const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false })
    const { $schema: _, ...schema } = JSON.parse(readFileSync(join(schemas, file), "utf8"))
    schema.$id = "https://schema.test/"
    ajv.addSchema(schema)
    validate =
      definition === undefined
        ? ajv.getSchema(schema.$id)
        : ajv.compile({ $ref: `https://schema.test/#/definitions/${definition}` })
    if (validate === undefined) throw new Error(`no schema in ${file}`)
    validators.set(key, validate)
  }
  if (validate(value)) return []
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`)
}

const gitlab = "gitlab.com/gitlab-org/gitlab/-/raw/master/app/assets/javascripts/editor/schema/ci.json"

/** Does what the command says that was done; undefined where the machine lacks the program. */
const held: Readonly<Record<CheckOfFile, (text: string) => readonly string[] | undefined>> = {
  kubernetes: (text) => problemsBy("kubernetes-definitions.json", parseYaml(text), "io.k8s.api.batch.v1.Job"),
  "kubernetes-pod": (text) =>
    problemsBy(
      "kubernetes-definitions.json",
      { containers: [], ...parseYaml(text) },
      "io.k8s.api.core.v1.PodSpec",
    ),
  github: (text) => problemsBy("github-workflow.json", parseYaml(text)),
  gitlab: (text) => problemsBy(gitlab, parseYaml(text)),
  fly: (text) => problemsBy("fly.json", { app: "shop", ...parseToml(text) }),
  shell: (text) => {
    const { error, stdout } = spawnSync("shellcheck", ["-"], { input: text, encoding: "utf8" })
    return error === undefined ? stdout.split("\n").filter((line) => line !== "") : undefined
  },
  dockerfile: () => [],
  none: () => [],
}

const files: readonly (readonly [string, RecipeFile])[] = [
  ...platforms.flatMap((platform) => Object.entries((recipes[platform] as Recipe).files)),
  ...Object.values(pullRequestChecks).flatMap((each) => Object.entries(each)),
]

test.each(files)("%s holds what is said of it", (path, { text, check }) => {
  const problems = held[check](text)
  // Without shellcheck on this machine nobody has looked.
  if (problems !== undefined) expect(problems, path).toEqual([])
})

test("the schemas find what is wrong", () => {
  const job = parseYaml(recipes.kubernetes.files["deploy/lockstep-job.yaml"].text)
  job.spec.backoffLimit = "none"
  expect(problemsBy("kubernetes-definitions.json", job, "io.k8s.api.batch.v1.Job")).not.toEqual([])
  const workflow = parseYaml(recipes.github.files[".github/workflows/lockstep.yml"].text)
  workflow.jobs.deploy.timeoutMinutes = 12
  expect(problemsBy("github-workflow.json", workflow)).not.toEqual([])
  const pipeline = parseYaml(recipes.gitlab.files["lockstep.gitlab-ci.yml"].text)
  pipeline["lockstep-deploy"].retry = "never"
  expect(problemsBy(gitlab, pipeline)).not.toEqual([])
})

test("a deploy has its limit below the platform's, an identity of its own, and is never repeated by itself", () => {
  const job = (text: string) => parseYaml(text).spec
  for (const [path, { text, check }] of files.filter(([, file]) => file.check === "kubernetes")) {
    const { backoffLimit, activeDeadlineSeconds, template } = job(text)
    expect({ path, check, backoffLimit, ...template.spec }).toMatchObject({
      backoffLimit: 0,
      restartPolicy: "Never",
      serviceAccountName: "migrator",
    })
    const command: string[] = template.spec.containers[0].command
    expect(Number.parseInt(command.at(-1) ?? "", 10)).toBeLessThan(activeDeadlineSeconds)
  }
})

test("the Dockerfile copies the project's own folders, and what a build would not find is told", async () => {
  await using project = await testProject({ "1.sql": "" })
  await project.write({
    "lockstep.config.json": '{ "migrations": ["db/migrations", "db/more"] }',
    "db/migrations/1.sql": "",
    ".dockerignore": "# not needed\ndb/*\n!db/migrations\n",
    ".gitlab-ci.yml": "",
  })
  const at = { cwd: project.root }
  const { stdout } = await lockstep(["init", "--platform", "docker"], at)
  const dockerfile = await readFile(join(project.root, "Dockerfile.lockstep"), "utf8")
  expect(dockerfile).toContain("COPY db/migrations ./db/migrations\nCOPY db/more ./db/more\n")
  expect(stdout).toContain('look at: db/more is not there: the build would fail at "COPY db/more ./db/more"')
  expect(stdout).toContain("look at: lockstep.bundle.json is not there")
  expect(stdout).not.toContain("look at: db/migrations")
  // The check before a merge is that of the forge which the project uses.
  expect(stdout).toContain("wrote  lockstep-check.gitlab-ci.yml")
  await project.remove("Dockerfile.lockstep")
  await project.write({ ".dockerignore": "**\n", "lockstep.bundle.json": "{}" })
  const ignored = await lockstep(["init", "--platform", "docker"], at)
  expect(ignored.stdout).toContain("db/migrations is left out by .dockerignore")
})
