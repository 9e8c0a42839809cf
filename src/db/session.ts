import type { Socket } from "node:net"
import { type DatabaseError, serialize } from "pg-protocol"
import type {
  BackendKeyDataMessage,
  BackendMessage,
  NoticeMessage,
  ParameterStatusMessage,
} from "pg-protocol/dist/messages.js"
import { Parser } from "pg-protocol/dist/parser.js"
import { type Authenticate, authenticator } from "./authenticate.ts"
import { type Connection, ConnectionLost, type Notice, type StatementResult } from "./connection.ts"
import type { ConnectionSettings } from "./connection-settings.ts"
import { Exchange, notice, type StatementDescription, serverError } from "./exchange.ts"
import { NotPostgres } from "./socket.ts"
import { parameter } from "./values.ts"

/** What a session needs besides its socket. */
export interface SessionStart {
  readonly settings: ConnectionSettings
  readonly applicationName: string
  /** Sends a CancelRequest over a connection of its own. */
  readonly cancel: (request: Buffer) => Promise<void>
  readonly signal: AbortSignal
}

interface Pending {
  readonly exchange: Exchange
  resolve(results: readonly StatementResult[]): void
  reject(error: Error): void
}

const closeTimeoutMs = 1_000
const copyChunkBytes = 65_536

/**
 * One session with the server, over the protocol layer of `pg`.
 *
 * `pg`'s own `Client` is not used: it cannot report `CREATE TABLE` as more than `CREATE`, takes settings from the
 * environment behind its caller's back, throws inside event handlers where a server misbehaves, gives `sslmode` other
 * meanings than libpq, and costs 30 ms to load.
 */
export class Session implements Connection {
  readonly #socket: Socket
  readonly #start: SessionStart
  readonly #parser = new Parser()
  readonly #parameters = new Map<string, string>()
  readonly #noticeListeners = new Set<(notice: Notice) => void>()
  readonly #lostListeners = new Set<(error: ConnectionLost) => void>()
  /** Sent and not answered yet, in order. */
  readonly #sent: Pending[] = []
  readonly #unsent: Pending[] = []
  readonly #closed: Promise<void>
  #authenticate: Authenticate | undefined
  #opening: { resolve(): void; reject(error: Error): void } | undefined
  #pid = 0
  #secret = 0
  #heard = false
  #open = true
  #closing = false
  /** Why the connection ended, where the server or the socket said so. */
  #reason: Error | undefined
  #lost: ConnectionLost | undefined

  /**
   * Logs in and waits until the server is ready.
   *
   * @throws ServerError, ConnectionLost, NotPostgres, PasswordMissing, whatever the password function throws
   */
  static async open(socket: Socket, start: SessionStart): Promise<Session> {
    const session = new Session(socket, start)
    await session.#logIn()
    return session
  }

  private constructor(socket: Socket, start: SessionStart) {
    this.#socket = socket
    this.#start = start
    this.#authenticate = authenticator(start.settings, socket)
    this.#closed = new Promise((resolve) => socket.once("close", () => resolve()))
    socket.on("error", (error) => {
      this.#reason ??= error
    })
    socket.on("close", () => this.#end())
    socket.on("data", (chunk) => this.#read(chunk))
  }

  get announcedPid(): number {
    return this.#pid
  }

  get serverVersion(): number {
    return parseServerVersion(this.#parameters.get("server_version") ?? "")
  }

  get open(): boolean {
    return this.#open
  }

  run(sql: string): Promise<readonly StatementResult[]> {
    return this.#submit(new Exchange([serialize.query(sql)]))
  }

  async query<Row extends object = Record<string, unknown>>(
    sql: string,
    values: readonly unknown[] = [],
  ): Promise<readonly Row[]> {
    const request = [
      serialize.parse({ text: sql }),
      serialize.bind({ values: values.map(parameter) }),
      serialize.describe({ type: "P" }),
      serialize.execute(),
      serialize.sync(),
    ]
    const [result] = await this.#submit(new Exchange(request))
    return (result?.rows ?? []) as readonly Row[]
  }

  /** Asks for the types of a statement's parameters and columns without running it. Throws like `run`. */
  async describe(sql: string): Promise<StatementDescription> {
    const exchange = new Exchange([
      serialize.parse({ text: sql }),
      serialize.describe({ type: "S" }),
      serialize.sync(),
    ])
    await this.#submit(exchange)
    return exchange.description
  }

  async copyIn(sql: string, data: string): Promise<StatementResult> {
    const [result] = await this.#submit(new Exchange([serialize.query(sql)], Buffer.from(data)))
    return result ?? { command: "", rowCount: null, rows: [] }
  }

  async copyOut(sql: string, write: (piece: Buffer) => void): Promise<StatementResult> {
    let thrown: { readonly error: unknown } | undefined
    const receive = (piece: Buffer): void => {
      if (thrown !== undefined) return
      try {
        write(piece)
      } catch (error) {
        thrown = { error }
        void this.cancel()
      }
    }
    try {
      const [result] = await this.#submit(new Exchange([serialize.query(sql)], undefined, receive))
      if (thrown === undefined) return result ?? { command: "", rowCount: null, rows: [] }
    } catch (error) {
      if (thrown === undefined) throw error
    }
    throw thrown.error
  }

  async cancel(): Promise<void> {
    if (!this.#open) return
    await this.#start.cancel(serialize.cancel(this.#pid, this.#secret)).catch(() => undefined)
  }

  onNotice(listener: (notice: Notice) => void): () => void {
    this.#noticeListeners.add(listener)
    return () => this.#noticeListeners.delete(listener)
  }

  onLost(listener: (error: ConnectionLost) => void): () => void {
    if (this.#lost !== undefined) listener(this.#lost)
    else this.#lostListeners.add(listener)
    return () => this.#lostListeners.delete(listener)
  }

  async close(): Promise<void> {
    const timer = setTimeout(() => this.#socket.destroy(), closeTimeoutMs)
    if (this.#open && !this.#closing) {
      this.#send()
      this.#closing = true
      if (this.#sent.length > 0) await Promise.race([this.cancel(), this.#closed])
      this.#socket.end(serialize.end())
    }
    // Until the server has closed its end, it may still hold locks, and keep its database from being dropped.
    await this.#closed
    clearTimeout(timer)
  }

  async #logIn(): Promise<void> {
    const { settings, applicationName, signal } = this.#start
    const abort = () => {
      this.#reason ??= signal.reason as Error
      this.#socket.destroy()
    }
    signal.addEventListener("abort", abort, { once: true })
    try {
      await new Promise<void>((resolve, reject) => {
        this.#opening = { resolve, reject }
        this.#socket.write(
          serialize.startup({
            user: settings.user,
            database: settings.database,
            application_name: applicationName,
            ...(settings.options === undefined || settings.pooled ? {} : { options: settings.options }),
          }),
        )
      })
    } catch (error) {
      this.#closing = true
      this.#socket.destroy()
      throw error
    } finally {
      this.#opening = undefined
      this.#authenticate = undefined
      signal.removeEventListener("abort", abort)
    }
  }

  #submit(exchange: Exchange): Promise<readonly StatementResult[]> {
    if (!this.#open || this.#closing) {
      return Promise.reject(new ConnectionLost("the connection is closed", { cause: this.#reason }))
    }
    return new Promise((resolve, reject) => {
      this.#unsent.push({ exchange, resolve, reject })
      this.#sendSoon()
    })
  }

  /** What is asked for in the same turn goes out together: one system call here, one wake-up there. */
  #sendSoon(): void {
    if (this.#unsent.length > 1) return
    process.nextTick(() => this.#send())
  }

  /** Requests go out one behind the other, without waiting; only COPY needs the connection for itself. */
  #send(): void {
    this.#socket.cork()
    for (let next = this.#unsent[0]; next !== undefined; next = this.#unsent[0]) {
      const last = this.#sent.at(-1)
      if (last !== undefined && (last.exchange.copy ?? next.exchange.copy) !== undefined) break
      this.#unsent.shift()
      this.#sent.push(next)
      for (const message of next.exchange.request) this.#socket.write(message)
    }
    this.#socket.uncork()
  }

  #read(chunk: Buffer): void {
    try {
      if (!this.#heard) checkSpeaksPostgres(chunk)
      this.#heard = true
      this.#parser.parse(chunk, (message) => this.#receive(message))
    } catch (error) {
      this.#reason ??= error as Error
      this.#socket.destroy()
    }
  }

  #receive(message: BackendMessage): void {
    const current = this.#sent[0]
    switch (message.name) {
      case "readyForQuery":
        this.#ready(current)
        break
      case "error":
        if (current === undefined) this.#reason = serverError(message as unknown as DatabaseError)
        else current.exchange.receive(message)
        break
      case "notice":
        this.#noticeListeners.forEach((listener) => {
          listener(notice(message as unknown as NoticeMessage))
        })
        break
      case "parameterStatus": {
        const { parameterName, parameterValue } = message as unknown as ParameterStatusMessage
        this.#parameters.set(parameterName, parameterValue)
        break
      }
      case "backendKeyData": {
        const { processID, secretKey } = message as unknown as BackendKeyDataMessage
        this.#pid = processID
        this.#secret = secretKey
        break
      }
      case "copyInResponse":
        if (current !== undefined) void this.#sendRows(current.exchange)
        break
      default:
        if (message.name.startsWith("authentication")) void this.#answer(message)
        else current?.exchange.receive(message)
    }
  }

  #ready(current: Pending | undefined): void {
    this.#opening?.resolve()
    if (current === undefined) return
    this.#sent.shift()
    const { error, results } = current.exchange
    if (error === undefined) current.resolve(results)
    else current.reject(error)
    this.#send()
  }

  async #answer(message: BackendMessage): Promise<void> {
    try {
      const reply = await this.#authenticate?.(message)
      if (reply !== undefined && this.#open) this.#socket.write(reply)
    } catch (error) {
      this.#reason ??= error as Error
      this.#socket.destroy()
    }
  }

  async #sendRows(exchange: Exchange): Promise<void> {
    const { copy } = exchange
    if (copy === undefined) {
      this.#socket.write(
        serialize.copyFail("the statement reads from standard input, and no rows were given"),
      )
      return
    }
    for (
      let start = 0;
      start < copy.length && this.#open && exchange.error === undefined;
      start += copyChunkBytes
    ) {
      const chunk = copy.subarray(start, start + copyChunkBytes)
      if (!this.#socket.write(serialize.copyData(chunk))) await this.#drained()
    }
    if (this.#open && exchange.error === undefined) this.#socket.write(serialize.copyDone())
  }

  #drained(): Promise<void> {
    const drained = new Promise<void>((resolve) => this.#socket.once("drain", () => resolve()))
    return Promise.race([drained, this.#closed])
  }

  #end(): void {
    this.#open = false
    const unfinished = [...this.#sent.splice(0), ...this.#unsent.splice(0)]
    // A fatal error is the last thing that the server says to the statement it was working on.
    const cause = unfinished[0]?.exchange.error ?? this.#reason
    const lost = new ConnectionLost(lostMessage(cause, this.#closing), { cause })
    for (const { reject } of unfinished) reject(lost)
    this.#opening?.reject(cause ?? lost)
    if (this.#closing || this.#opening !== undefined) return
    this.#lost = lost
    for (const listener of this.#lostListeners) listener(lost)
    this.#lostListeners.clear()
  }
}

function lostMessage(cause: Error | undefined, closing: boolean): string {
  if (cause !== undefined) return `the connection was lost: ${cause.message}`
  return closing ? "the connection was closed" : "the server closed the connection"
}

/** The first byte that a server may send: a demand for authentication, an error, a notice, a version it speaks. */
const firstBytes = "RENv"

/** Without this, the first bytes of another protocol would be taken for the length of a message to wait for. */
function checkSpeaksPostgres(chunk: Buffer): void {
  if (!firstBytes.includes(String.fromCharCode(chunk[0] ?? 0))) {
    throw new NotPostgres(`it answered ${JSON.stringify(chunk.toString("latin1").slice(0, 40))}`)
  }
}

/**
 * Returns the number of a version as `server_version_num` has it: 150018 for `15.18 (Debian 15.18-0+deb12u1)`,
 * 190000 for `19beta1`, 90624 for `9.6.24`; 0 for what is no version.
 */
export function parseServerVersion(version: string): number {
  const [, major = 0, second = 0, third = 0] = /^(\d+)(?:\.(\d+))?(?:\.(\d+))?/.exec(version) ?? []
  return Number(major) >= 10
    ? Number(major) * 10_000 + Number(second)
    : Number(major) * 10_000 + Number(second) * 100 + Number(third)
}
