/**
 * What Lockstep needs of a connection to PostgreSQL. `session.ts` is the only implementation, and this folder the
 * only one that imports the driver.
 */
export interface Connection {
  /** The process id that the server announced at connect (BackendKeyData). Behind a pooler it is not the backend's. */
  readonly announcedPid: number
  /** 150018 for 15.18, as in `server_version_num`. */
  readonly serverVersion: number
  /** False once the socket has closed, for whatever reason. */
  readonly open: boolean
  /**
   * Runs one or several statements with the simple protocol, in one round trip.
   * A parameter-free text is sent exactly as given, so a server error's `position` counts from its start.
   *
   * @returns one result per statement
   * @throws ServerError when the server refuses a statement; those after it did not run
   * @throws ConnectionLost when the connection ends before the answer is complete: the outcome is unknown
   */
  run(sql: string): Promise<readonly StatementResult[]>
  /** Runs one statement with parameters ($1, ...), unnamed, and returns its rows. Throws like `run`. */
  query<Row extends object = Record<string, unknown>>(
    sql: string,
    values?: readonly unknown[],
  ): Promise<readonly Row[]>
  /** Runs `COPY ... FROM STDIN` and sends `data` (the lines before `\.`, as written). Throws like `run`. */
  copyIn(sql: string, data: string): Promise<StatementResult>
  /**
   * Runs `COPY ... TO STDOUT` and hands every piece of what the server sends to `write`. Throws like `run`; what `write`
   * throws cancels the statement, and is thrown. Absent where a driver cannot do it.
   */
  copyOut?(sql: string, write: (piece: Buffer) => void): Promise<StatementResult>
  /** Asks the server, over a connection of its own, to cancel what runs here. Does not wait for it, never throws. */
  cancel(): Promise<void>
  /** Calls `listener` for every NOTICE or WARNING; returns the function that stops it. */
  onNotice(listener: (notice: Notice) => void): () => void
  /** Calls `listener` once when the connection ends without `close()`; at once where it already has. */
  onLost(listener: (error: ConnectionLost) => void): () => void
  /** Ends the session politely; never throws. */
  close(): Promise<void>
}

/** What the server answered to one statement. */
export interface StatementResult {
  /** The command tag's first words: `CREATE TABLE`, `INSERT`, `SELECT`. */
  readonly command: string
  readonly rowCount: number | null
  readonly rows: readonly Readonly<Record<string, unknown>>[]
}

/** A message of the server that is not an error. */
export interface Notice {
  readonly severity: string
  readonly sqlState: string
  readonly message: string
  readonly detail?: string
  readonly hint?: string
  readonly where?: string
}

/** Opens one more connection to the target. `purpose` becomes part of `application_name`: "lockstep upgrade (lock)". */
export type Connect = (purpose?: string) => Promise<Connection>

/** An error that the server reported, with the fields of the protocol. */
export class ServerError extends Error {
  override readonly name = "ServerError"
  readonly fields: ServerErrorFields

  constructor(message: string, fields: ServerErrorFields) {
    super(message)
    this.fields = fields
  }

  get sqlState(): string {
    return this.fields.sqlState
  }
}

/** @see PostgreSQL documentation, "Error and Notice Message Fields" */
export interface ServerErrorFields {
  readonly sqlState: string
  readonly severity: string
  readonly detail?: string
  readonly hint?: string
  /** 1-based, in characters, from the start of the text that was sent. */
  readonly position?: number
  readonly internalPosition?: number
  readonly internalQuery?: string
  readonly where?: string
  readonly schema?: string
  readonly table?: string
  readonly column?: string
  readonly dataType?: string
  readonly constraint?: string
}

/** The connection ended while an answer was awaited, or before the call. What the server did is not known. */
export class ConnectionLost extends Error {
  override readonly name: string = "ConnectionLost"
}
