import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import type { RunEvent } from "../src/runner/event.ts"

/** A project in a folder of its own, which goes with the test. */
export interface TestProject extends AsyncDisposable {
  readonly root: string
  /** Writes files below the root; the folders are made. */
  write(files: Readonly<Record<string, string>>): Promise<void>
  remove(file: string): Promise<void>
}

/** Makes a project; `files` are below its folder `migrations`. */
export async function testProject(files: Readonly<Record<string, string>>): Promise<TestProject> {
  const root = await mkdtemp(join(tmpdir(), "lockstep-test-"))
  const write = async (texts: Readonly<Record<string, string>>) => {
    for (const [name, text] of Object.entries(texts)) {
      const path = join(root, name)
      await mkdir(dirname(path), { recursive: true })
      await writeFile(path, text)
    }
  }
  await mkdir(join(root, "migrations"))
  await write(Object.fromEntries(Object.entries(files).map(([name, text]) => [`migrations/${name}`, text])))
  return {
    root,
    write,
    remove: (file) => rm(join(root, file)),
    [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true }),
  }
}

/** A revision file in Lockstep's format. */
export function revision(id: string, parents: string, body: string, header = ""): string {
  const parent = parents === "" ? "" : `-- parent: ${parents}\n`
  return `-- revision: ${id}\n${parent}${header === "" ? "" : `${header}\n`}\n${body}\n`
}

/** Collects what a run tells. */
export function recorder(): { readonly events: RunEvent[]; readonly onEvent: (event: RunEvent) => void } {
  const events: RunEvent[] = []
  return { events, onEvent: (event) => void events.push(event) }
}
