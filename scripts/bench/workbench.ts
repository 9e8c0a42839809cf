import { mkdirSync, rmSync } from "node:fs"
import { join } from "node:path"
import { setTimeout as delay } from "node:timers/promises"
import type { Databases } from "./databases.ts"
import { type Invocation, run } from "./measure.ts"
import type { Tool } from "./tools.ts"

/** The projects and databases of the tools, made when they are first asked for. */
export class Workbench {
  readonly databases: Databases
  readonly #folder: string
  readonly #projects = new Map<string, string>()
  #lastWrite = 0

  constructor(databases: Databases, folder: string) {
    this.databases = databases
    this.#folder = folder
    rmSync(this.#root, { recursive: true, force: true })
  }

  get #root(): string {
    return join(this.#folder, "projects")
  }

  /** Returns the folder of a tool's project with so many revisions. */
  project(tool: Tool, count: number): string {
    const name = databaseOf(tool, count)
    const known = this.#projects.get(name)
    if (known !== undefined) return known
    const root = join(this.#root, name)
    mkdirSync(root, { recursive: true })
    tool.write(root, count)
    this.#lastWrite = Date.now()
    this.#projects.set(name, root)
    return root
  }

  /** Files that were written a moment ago are not trusted to stay as they are, so nothing is measured before. */
  async settle(): Promise<void> {
    await delay(Math.max(0, this.#lastWrite + 2500 - Date.now()))
  }

  /** Returns what upgrades an empty database. */
  async fromEmpty(tool: Tool, count: number): Promise<Invocation> {
    const database = databaseOf(tool, count)
    await this.databases.fresh(database)
    return tool.upgrade(this.project(tool, count), database)
  }

  /** Makes a database that says that everything is applied, without the tables. */
  async stamp(tool: Tool, count: number): Promise<void> {
    const database = databaseOf(tool, count)
    const stamp = tool.stamp?.(this.project(tool, count), database, count)
    if (stamp === undefined) return
    await this.databases.fresh(database)
    if (typeof stamp === "string") await this.databases.run(database, stamp)
    else await run(stamp)
  }

  async dropDatabase(tool: Tool, count: number): Promise<void> {
    await this.databases.drop(databaseOf(tool, count))
  }

  [Symbol.dispose](): void {
    rmSync(this.#root, { recursive: true, force: true })
  }
}

export function databaseOf({ name }: Tool, count: number): string {
  return `${name.toLowerCase().replace(/\W/g, "_")}_${count}`
}
