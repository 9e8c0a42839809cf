import type { ProjectOptions, RunOptions, TargetOptions } from "../api/options.ts"
import type { Colors } from "../report/colors.ts"
import type { RunEvent } from "../runner/event.ts"
import { findActor } from "./actor.ts"
import type { SettingValues } from "./check-config.ts"
import { type Configuration, configuredDatabases, loadConfiguration } from "./config.ts"
import { given } from "./given.ts"
import type { GlobalOptions } from "./globals.ts"
import type { Io } from "./io.ts"

/** What a command has besides its own options: the outside world and the configuration, read when asked for. */
export class Context {
  readonly io: Io
  readonly globals: GlobalOptions
  readonly paint: Colors
  readonly onEvent: (event: RunEvent) => void
  readonly #overrides: SettingValues
  readonly #onConfiguration: (configuration: Configuration) => void
  #configuration: Promise<Configuration> | undefined

  constructor(facts: {
    readonly io: Io
    readonly globals: GlobalOptions
    readonly paint: Colors
    readonly onEvent: (event: RunEvent) => void
    /** Values of the options that override a setting. */
    readonly overrides: SettingValues
    /** Told of each configuration that is loaded. */
    readonly onConfiguration: (configuration: Configuration) => void
  }) {
    this.io = facts.io
    this.globals = facts.globals
    this.paint = facts.paint
    this.onEvent = facts.onEvent
    this.#overrides = facts.overrides
    this.#onConfiguration = facts.onConfiguration
  }

  /** Loads the configuration, once. */
  configuration(): Promise<Configuration> {
    this.#configuration ??= this.#load()
    return this.#configuration
  }

  async #load(): Promise<Configuration> {
    const configuration = await loadConfiguration({ ...this.globals, overrides: this.#overrides }, this.io)
    this.#onConfiguration(configuration)
    return configuration
  }

  #with(globals: GlobalOptions): Context {
    const { io, paint, onEvent } = this
    const onConfiguration = this.#onConfiguration
    return new Context({ io, globals, paint, onEvent, overrides: this.#overrides, onConfiguration })
  }

  /** The same for another environment. */
  inEnvironment(name: string): Context {
    return this.#with({ ...this.globals, env: name })
  }

  /** The same for one of several databases. */
  inDatabase(name: string): Context {
    return this.#with({ ...this.globals, database: name })
  }

  /**
   * A context for each of the databases that the command is about: all that are configured, unless one was chosen.
   * A single one has no name.
   */
  async eachDatabase(): Promise<ReadonlyMap<string | undefined, Context>> {
    const names = await configuredDatabases(this.globals, this.io)
    return names.length === 0
      ? new Map([[undefined, this]])
      : new Map(names.map((name) => [name, this.inDatabase(name)]))
  }

  /** The projects of these databases, and the root that they share. */
  async projects(): Promise<{
    readonly root: string
    readonly projects: ReadonlyMap<string | undefined, ProjectOptions>
  }> {
    const projects = new Map<string | undefined, ProjectOptions>()
    let root = this.io.cwd
    for (const [name, context] of await this.eachDatabase()) {
      const configuration = await context.configuration()
      root = configuration.root
      projects.set(name, configuration.project)
    }
    return { root, projects }
  }

  /** For commands that look at the folder only. */
  async projectOptions(): Promise<ProjectOptions> {
    return (await this.configuration()).project
  }

  /** For commands that read a database. */
  async targetOptions(): Promise<ProjectOptions & TargetOptions> {
    const configuration = await this.configuration()
    return { ...configuration.project, ...(await configuration.target()) }
  }

  /** The same, with who runs it. */
  async lookOptions(): Promise<ProjectOptions & TargetOptions & Pick<RunOptions, "actor">> {
    const { root } = await this.configuration()
    return { ...(await this.targetOptions()), actor: findActor(root, this.io.env) }
  }

  /** For commands that write SQL without asking a database: its address is not needed. */
  async scriptOptions(): Promise<
    ProjectOptions & RunOptions & Pick<TargetOptions, "historySchema" | "environment" | "owner">
  > {
    const { project, run, historySchema, environment, owner, root } = await this.configuration()
    return {
      ...project,
      ...run,
      actor: findActor(root, this.io.env),
      ...given({ historySchema, environment, owner }),
    }
  }

  /** For commands that change a database: who runs is found out here. */
  async runOptions(): Promise<ProjectOptions & TargetOptions & RunOptions> {
    const configuration = await this.configuration()
    return {
      ...(await this.targetOptions()),
      ...configuration.run,
      signal: this.io.signal,
      onEvent: this.onEvent,
      actor: findActor(configuration.root, this.io.env),
    }
  }
}
