import type { DatabaseError } from "pg-protocol"
import type {
  BackendMessage,
  CommandCompleteMessage,
  CopyDataMessage,
  DataRowMessage,
  NoticeMessage,
  ParameterDescriptionMessage,
  RowDescriptionMessage,
} from "pg-protocol/dist/messages.js"
import { type Notice, ServerError, type ServerErrorFields, type StatementResult } from "./connection.ts"
import { recordShape } from "./record-shape.ts"
import { type ParseValue, parserOf } from "./values.ts"

/** What the server says of a statement without running it; types are object identifiers. */
export interface StatementDescription {
  readonly parameterTypes: readonly number[]
  /** Empty where it returns no rows. */
  readonly columns: readonly { readonly name: string; readonly type: number }[]
}

/**
 * One request and all that the server says until it is ready for the next one.
 *
 * An error does not end it: after an ordinary error the server gets ready again, after a fatal one it closes the
 * connection, and only what follows tells them apart (the severity is in the server's language).
 */
export class Exchange {
  readonly request: readonly Buffer[]
  /** The rows of COPY FROM STDIN. While they are being sent nothing else may be. */
  readonly copy: Buffer | undefined
  readonly #results: StatementResult[] = []
  #columns: Columns = noColumns
  #rows: Readonly<Record<string, unknown>>[] = []
  #error: ServerError | undefined
  #parameterTypes: readonly number[] = []
  #described: StatementDescription["columns"] = []

  readonly #copied: ((piece: Buffer) => void) | undefined

  /** @param copied is given what COPY TO STDOUT sends */
  constructor(request: readonly Buffer[], copy?: Buffer, copied?: (piece: Buffer) => void) {
    this.request = request
    this.copy = copy
    this.#copied = copied
  }

  get results(): readonly StatementResult[] {
    return this.#results
  }

  get error(): ServerError | undefined {
    return this.#error
  }

  /** Of the statement that the request asked to describe. */
  get description(): StatementDescription {
    return { parameterTypes: this.#parameterTypes, columns: this.#described }
  }

  receive(message: BackendMessage): void {
    switch (message.name) {
      case "parameterDescription":
        this.#parameterTypes = (message as unknown as ParameterDescriptionMessage).dataTypeIDs
        break
      case "rowDescription":
        this.#described = (message as unknown as RowDescriptionMessage).fields.map(
          ({ name, dataTypeID }) => ({
            name,
            type: dataTypeID,
          }),
        )
        this.#columns = columnsOf(message as unknown as RowDescriptionMessage)
        break
      case "dataRow":
        this.#rows.push(readRow(this.#columns, (message as unknown as DataRowMessage).fields))
        break
      case "copyData":
        this.#copied?.((message as unknown as CopyDataMessage).chunk)
        break
      case "commandComplete": {
        const { command, rowCount } = readTag((message as unknown as CommandCompleteMessage).text)
        this.#results.push({ command, rowCount, rows: this.#rows })
        this.#columns = noColumns
        this.#rows = []
        break
      }
      case "error":
        this.#error = serverError(message as unknown as DatabaseError)
        break
    }
  }
}

interface Columns {
  readonly columns: readonly { readonly name: string; readonly parse: ParseValue }[]
  readonly shape: Readonly<Record<string, unknown>>
}

const noColumns: Columns = { columns: [], shape: {} }

function columnsOf({ fields }: RowDescriptionMessage): Columns {
  return {
    columns: fields.map(({ name, dataTypeID }) => ({ name, parse: parserOf(dataTypeID) })),
    shape: recordShape(fields.map(({ name }) => name)),
  }
}

function readRow({ columns, shape }: Columns, values: readonly (string | null)[]): Record<string, unknown> {
  const row: Record<string, unknown> = { ...shape }
  // Catalogs have hundreds of thousands of values, and an iterator doubles what each costs.
  for (let index = 0; index < columns.length; index += 1) {
    const { name, parse } = columns[index] as Columns["columns"][number]
    const value = values[index]
    row[name] = value === null || value === undefined ? null : parse(value)
  }
  return row
}

/** Splits a command tag: `INSERT 0 5` (the first number is an object identifier), `SELECT 5`, `CREATE TABLE`. */
function readTag(tag: string): { readonly command: string; readonly rowCount: number | null } {
  // Most tags of a run have no number, and a run has twenty of them for each revision.
  if (!isDigit(tag.charCodeAt(tag.length - 1))) return { command: tag, rowCount: null }
  const [command = tag] = /^\D*(?=(?: \d+)+$)|^.*/s.exec(tag) ?? []
  const count = / (\d+)$/.exec(tag)?.[1]
  return { command, rowCount: count === undefined ? null : Number(count) }
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39
}

/** Returns the server's error as Lockstep speaks of it. */
export function serverError(error: DatabaseError): ServerError {
  return new ServerError(error.message, {
    sqlState: error.code ?? "XX000",
    severity: error.severity ?? "ERROR",
    ...fieldsOf(error),
  })
}

const textFields = [
  "detail",
  "hint",
  "internalQuery",
  "where",
  "schema",
  "table",
  "column",
  "dataType",
  "constraint",
] as const
const numberFields = ["position", "internalPosition"] as const

function fieldsOf(error: DatabaseError): Partial<ServerErrorFields> {
  const given = (name: keyof DatabaseError) => error[name] !== undefined
  return Object.fromEntries([
    ...textFields.filter(given).map((name) => [name, error[name]]),
    ...numberFields.filter(given).map((name) => [name, Number(error[name])]),
  ])
}

/** Returns a message of the server that is not an error. */
export function notice({ severity, code, message, detail, hint, where }: NoticeMessage): Notice {
  return {
    severity: severity ?? "NOTICE",
    sqlState: code ?? "00000",
    message: message ?? "",
    ...(detail === undefined ? {} : { detail }),
    ...(hint === undefined ? {} : { hint }),
    ...(where === undefined ? {} : { where }),
  }
}
