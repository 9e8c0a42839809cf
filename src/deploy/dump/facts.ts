/** What a dump says about itself, read from its script. */
export interface DumpFacts {
  /** Of the server: `18.4`; absent where the dump does not say. */
  readonly serverVersion?: string
  /** Of pg_dump. */
  readonly dumpVersion?: string
  readonly encoding?: string
  /** Entries by their type: `TABLE`, `INDEX`, `FK CONSTRAINT`. */
  readonly objects: Readonly<Record<string, number>>
  /** Rows by table, with its schema. */
  readonly tables: Readonly<Record<string, number>>
  /** Roles that own something in it. */
  readonly owners: readonly string[]
  /** Roles that it grants rights to, owners apart. */
  readonly grantees: readonly string[]
  readonly extensions: readonly string[]
  readonly schemas: readonly string[]
  /** Whether pg_dump's last line is there. */
  readonly complete: boolean
}

/**
 * Reads the lines of a dump's script: pg_dump's own comments name every object with its owner, and the rows stand between
 * COPY and `\.`. Rows that come as INSERT are counted too.
 */
export class DumpReader {
  #serverVersion: string | undefined
  #dumpVersion: string | undefined
  #encoding: string | undefined
  #complete = false
  #copying: string | undefined
  readonly #objects = new Map<string, number>()
  readonly #tables = new Map<string, number>()
  readonly #owners = new Set<string>()
  readonly #grantees = new Set<string>()
  readonly #extensions = new Set<string>()
  readonly #schemas = new Set<string>()

  line(line: string): void {
    if (this.#copying !== undefined) {
      if (line === "\\.") this.#copying = undefined
      else this.#count(this.#copying)
      return
    }
    if (line.startsWith("--")) this.#comment(line)
    else this.#statement(line)
  }

  #comment(line: string): void {
    const entry =
      /^-- (?:Data for )?Name: (.*); Type: (.*); Schema: (.*); Owner: (.*?)(?:; Tablespace: .*)?$/.exec(line)
    if (entry !== null) {
      const [, name = "", type = "", , owner = ""] = entry
      this.#objects.set(type, (this.#objects.get(type) ?? 0) + 1)
      if (owner !== "" && owner !== "-") this.#owners.add(owner)
      if (type === "EXTENSION") this.#extensions.add(name)
      if (type === "SCHEMA") this.#schemas.add(name)
      return
    }
    this.#serverVersion ??= /^-- Dumped from database version (\S+)/.exec(line)?.[1]
    this.#dumpVersion ??= /^-- Dumped by pg_dump version (\S+)/.exec(line)?.[1]
    if (line === "-- PostgreSQL database dump complete") this.#complete = true
  }

  #statement(line: string): void {
    const copied = /^COPY ((?:"(?:[^"]|"")*"|[^\s("])+) .*FROM stdin;$/.exec(line)?.[1]
    if (copied !== undefined) {
      this.#copying = copied
      this.#tables.set(copied, this.#tables.get(copied) ?? 0)
      return
    }
    const inserted = /^INSERT INTO ((?:"(?:[^"]|"")*"|[^\s("])+) /.exec(line)?.[1]
    if (inserted !== undefined) this.#count(inserted)
    this.#encoding ??= /^SET client_encoding = '([^']*)';/.exec(line)?.[1]
    const grantee = /^GRANT .* TO (?:GROUP )?(?:"((?:[^"]|"")*)"|([^\s;"]+))(?: WITH GRANT OPTION)?;$/.exec(
      line,
    )
    const name = grantee?.[1]?.replaceAll('""', '"') ?? grantee?.[2]
    if (name !== undefined && name !== "PUBLIC") this.#grantees.add(name)
  }

  #count(table: string): void {
    this.#tables.set(table, (this.#tables.get(table) ?? 0) + 1)
  }

  get facts(): DumpFacts {
    const sorted = (set: Set<string>) => [...set].sort()
    return {
      ...(this.#serverVersion === undefined ? {} : { serverVersion: this.#serverVersion }),
      ...(this.#dumpVersion === undefined ? {} : { dumpVersion: this.#dumpVersion }),
      ...(this.#encoding === undefined ? {} : { encoding: this.#encoding }),
      objects: Object.fromEntries(this.#objects),
      tables: Object.fromEntries(this.#tables),
      owners: sorted(this.#owners),
      grantees: sorted(this.#grantees).filter((role) => !this.#owners.has(role)),
      extensions: sorted(this.#extensions),
      schemas: sorted(this.#schemas),
      complete: this.#complete,
    }
  }
}
