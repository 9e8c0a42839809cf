/** Where text goes. */
export interface Output {
  write(text: string): unknown
  /** Whether a person reads it as it appears. */
  readonly isTTY?: boolean
  readonly columns?: number
}

/** Variables of the environment, as in `process.env`. */
export type Environment = Record<string, string | undefined>

/** Everything that the command line takes from the process it runs in; tests pass their own. */
export interface Io {
  readonly stdin: { readonly isTTY?: boolean }
  readonly stdout: Output
  readonly stderr: Output
  /** Variables from `.env` are added to it, never overriding. */
  readonly env: Environment
  readonly cwd: string
  /** Aborted by SIGINT and SIGTERM. */
  readonly signal: AbortSignal
  /** From now on signals go to `listener` and nowhere else: another program runs in the place of this one. */
  readonly passSignals?: (listener: (name: NodeJS.Signals) => void) => void
}

/** Tells whether somebody is there to answer a question: a terminal on both sides, and no CI. */
export function canAsk(io: Io): boolean {
  return io.stdin.isTTY === true && io.stderr.isTTY === true && !isCi(io.env)
}

/** Tells whether a CI system runs this, by the variable that all of them set. */
export function isCi(env: Environment): boolean {
  return env.CI !== undefined && env.CI !== "" && env.CI !== "false" && env.CI !== "0"
}

/** Returns a variable's value; undefined where it is not set, or set to nothing. */
export function readVariable(env: Environment, name: string): string | undefined {
  const value = env[name]
  return value === "" ? undefined : value
}
