import {
  type Connect,
  type Connection,
  ConnectionLost,
  type Notice,
  ServerError,
  type StatementResult,
} from "../../src/index.ts"

/**
 * Opens connections with `pg`'s own client, as somebody would write it who has a way of their own to the database: a
 * tunnel, a cloud's connector. Knows nothing of Lockstep but what its entry offers.
 */
export function overPg(connectionString: string): Connect {
  return async (purpose) => {
    const { default: pg } = await import("pg" as string)
    const settings = { connectionString, application_name: `foreign (${purpose ?? "work"})` }
    const client = new pg.Client(settings)
    await client.connect()
    const { rows } = await client.query("select current_setting('server_version_num')::int as version")
    return new PgConnection(client, rows[0].version, async () => {
      const other = new pg.Client(settings)
      await other.connect()
      await other.query("select pg_cancel_backend($1)", [client.processID])
      await other.end()
    })
  }
}

class PgConnection implements Connection {
  readonly announcedPid: number
  readonly serverVersion: number
  // biome-ignore lint/suspicious/noExplicitAny: the package has no types of its own.
  readonly #client: any
  readonly #cancel: () => Promise<void>
  readonly #lost = new Set<(error: ConnectionLost) => void>()
  #open = true
  #closing = false

  constructor(client: { processID: number }, serverVersion: number, cancel: () => Promise<void>) {
    this.#client = client
    this.announcedPid = client.processID
    this.serverVersion = serverVersion
    this.#cancel = cancel
    this.#client.on("error", () => undefined)
    this.#client.on("end", () => {
      this.#open = false
      if (this.#closing) return
      for (const listener of this.#lost) listener(new ConnectionLost("the client has ended"))
    })
  }

  get open(): boolean {
    return this.#open
  }

  async run(sql: string): Promise<readonly StatementResult[]> {
    const result = await this.#answer(sql)
    return Array.isArray(result) ? result : [result]
  }

  async query<Row extends object>(text: string, values: readonly unknown[] = []): Promise<readonly Row[]> {
    return (await this.#answer({ text, values })).rows
  }

  copyIn(): Promise<StatementResult> {
    throw new Error("this connection cannot COPY")
  }

  cancel(): Promise<void> {
    return this.#cancel().catch(() => undefined)
  }

  onNotice(listener: (notice: Notice) => void): () => void {
    const tell = (notice: { severity: string; code: string; message: string }) =>
      listener({ severity: notice.severity, sqlState: notice.code, message: notice.message })
    this.#client.on("notice", tell)
    return () => this.#client.off("notice", tell)
  }

  onLost(listener: (error: ConnectionLost) => void): () => void {
    this.#lost.add(listener)
    return () => this.#lost.delete(listener)
  }

  async close(): Promise<void> {
    this.#closing = true
    await this.#client.end()
  }

  // biome-ignore lint/suspicious/noExplicitAny: as above.
  async #answer(query: unknown): Promise<any> {
    try {
      return await this.#client.query(query)
    } catch (error) {
      const { code, severity, position, message, detail, hint } = error as Record<string, string>
      if (code === undefined || severity === undefined)
        throw new ConnectionLost(String(message), { cause: error })
      throw new ServerError(String(message), {
        sqlState: code,
        severity,
        ...(position === undefined ? {} : { position: Number(position) }),
        ...(detail === undefined ? {} : { detail }),
        ...(hint === undefined ? {} : { hint }),
      })
    }
  }
}
