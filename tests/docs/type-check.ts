import { join } from "node:path"
import { fileURLToPath } from "node:url"
import ts from "typescript"

const repository = fileURLToPath(new URL("../../", import.meta.url))

/** What the examples do not declare themselves: the application's own things. */
const surroundings = `
declare const pool: import("lockstep/app").Queryable & { end(): Promise<void> }
declare function serve(): void
`

const options: ts.CompilerOptions = {
  ...{ strict: true, noEmit: true, skipLibCheck: true, allowImportingTsExtensions: true, types: ["node"] },
  target: ts.ScriptTarget.ES2023,
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  moduleDetection: ts.ModuleDetectionKind.Force,
  lib: ["lib.es2023.d.ts", "lib.esnext.disposable.d.ts"],
  paths: {
    lockstep: [join(repository, "dist/index.d.ts")],
    "lockstep/app": [join(repository, "dist/app.d.ts")],
  },
}

/** A piece of TypeScript, and where it stands. */
export interface Example {
  /** `docs/guide.md:12`. */
  readonly place: string
  readonly text: string
}

/** Type-checks examples against the types that users get, as strictly as a new project does; returns what is wrong. */
export function typeCheck(examples: readonly Example[]): string[] {
  const files = new Map(
    examples.map(({ text }, index) => [join(repository, "docs", `example-${index}.ts`), text]),
  )
  const globals = join(repository, "docs", "surroundings.d.ts")
  const host = ts.createCompilerHost(options)
  const known = (path: string) => (path === globals ? surroundings : files.get(path))
  const { readFile, fileExists, getSourceFile } = host
  host.readFile = (path) => known(path) ?? readFile(path)
  host.fileExists = (path) => known(path) !== undefined || fileExists(path)
  host.getSourceFile = (path, language, ...rest) => {
    const text = known(path)
    return text === undefined
      ? getSourceFile(path, language, ...rest)
      : ts.createSourceFile(path, text, language)
  }
  const program = ts.createProgram([globals, ...files.keys()], options, host)
  return [...files.keys()].flatMap((path, index) => {
    const source = program.getSourceFile(path)
    const found = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)]
    return found.map(({ messageText }) => {
      return `${examples[index]?.place}: ${ts.flattenDiagnosticMessageText(messageText, " ")}`
    })
  })
}
