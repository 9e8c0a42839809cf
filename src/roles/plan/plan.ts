import { guardFunction } from "../../history/guard.ts"
import { quoteIdentifier as q, quoteLiteral } from "../../sql/identifier.ts"
import type { CompleteModel, RoleSettings } from "../model.ts"
import { type Membership, type Role, reach } from "../role-graph.ts"
import type { Owned, RolesState, SchemaObject } from "./state.ts"

/** One statement that leads to the model, and why it is needed. */
export interface RoleStep {
  readonly sql: string
  readonly because: string
}

export interface RolesPlan {
  readonly steps: readonly RoleStep[]
  /** What will be different for others, and what cannot be done with the rights at hand. */
  readonly notes: readonly string[]
}

/** What only others can close, as audits name it: `SCHEMA public`. */
export type Beyond = ReadonlySet<string>

/**
 * Plans the statements that lead from a state to a model; none where it is reached.
 *
 * @param further what is to be done besides, given what is planned already
 */
export function planRoles(
  state: RolesState,
  model: CompleteModel,
  historySchema: string,
  further: (planned: readonly RoleStep[], beyond: Beyond) => readonly RoleStep[] = () => [],
): RolesPlan {
  return new Planner(state, model, historySchema).plan(further)
}

const mostNamed = 10

type Attribute = "superuser" | "createRole" | "createDatabase" | "bypassRls" | "replication" | "login"

const attributeSql: Readonly<Record<Attribute, string>> = {
  superuser: "SUPERUSER",
  createRole: "CREATEROLE",
  createDatabase: "CREATEDB",
  bypassRls: "BYPASSRLS",
  replication: "REPLICATION",
  login: "LOGIN",
}

class Planner {
  readonly #state: RolesState
  readonly #model: CompleteModel
  readonly #history: string
  readonly #steps: RoleStep[] = []
  readonly #notes: string[] = []
  readonly #roles: ReadonlyMap<string, Role>
  readonly #beyond = new Set<string>()

  constructor(state: RolesState, model: CompleteModel, history: string) {
    this.#state = state
    this.#model = model
    this.#history = history
    this.#roles = new Map([...state.graph.roles.values()].map((role) => [role.name, role]))
  }

  plan(further: (planned: readonly RoleStep[], beyond: Beyond) => readonly RoleStep[]): RolesPlan {
    this.#makeRoles()
    this.#makeMemberships()
    const rolesEnd = this.#steps.length
    this.#database()
    for (const schema of this.#model.schemas) this.#schema(schema)
    this.#historySchema()
    this.#publicSchema()
    for (const object of this.#state.objects) this.#takeOver(object)
    for (const object of this.#state.objects) this.#grants(object)
    this.#defaultPrivileges()
    this.#settings()
    this.#steps.push(...further(this.#steps, this.#beyond))
    const steps = this.#steps.length === rolesEnd ? this.#steps : this.#asAdministrator(rolesEnd)
    return { steps, notes: this.#notes }
  }

  get #modern(): boolean {
    return this.#state.graph.serverVersion >= 160_000
  }

  #add(sql: string, because: string): void {
    this.#steps.push({ sql, because })
  }

  #makeRoles(): void {
    const { owner, migrator, readWrite, readOnly, applications, reporting } = this.#model
    this.#makeRole(owner, "NOLOGIN", "owns everything and cannot log in, so nobody works as it by accident")
    this.#makeRole(migrator, "LOGIN NOINHERIT", "logs in to migrate; without SET ROLE it can do nothing")
    this.#makeRole(readWrite, "NOLOGIN", "the group that reads and writes")
    this.#makeRole(readOnly, "NOLOGIN", "the group that reads")
    for (const name of Object.keys(applications)) this.#makeRole(name, "LOGIN", "an application")
    for (const name of Object.keys(reporting)) this.#makeRole(name, "LOGIN", "reads only")
  }

  #makeRole(name: string, options: string, because: string): void {
    const role = this.#roles.get(name)
    if (role === undefined) {
      this.#add(`CREATE ROLE ${q(name)} ${options}`, because)
      return
    }
    const login = options.startsWith("LOGIN")
    const powers = (["superuser", "createRole", "createDatabase", "bypassRls", "replication"] as const)
      .filter((each) => role[each])
      .map((each) => `NO${attributeSql[each]}`)
    if (role.login !== login) powers.push(login ? "LOGIN" : "NOLOGIN")
    if (options.includes("NOINHERIT") && role.inherit) powers.push("NOINHERIT")
    else if (!options.includes("NOINHERIT") && !role.inherit && !this.#modern) powers.push("INHERIT")
    if (powers.length > 0) this.#add(`ALTER ROLE ${q(name)} ${powers.join(" ")}`, because)
  }

  #makeMemberships(): void {
    const { owner, migrator, readWrite, readOnly, applications, reporting } = this.#model
    this.#member(
      owner,
      migrator,
      { inherit: false, set: true },
      "the migrator becomes the owner, and only by SET ROLE",
    )
    for (const name of Object.keys(applications))
      this.#member(readWrite, name, { inherit: true, set: false }, `${name} reads and writes`)
    for (const name of Object.keys(reporting))
      this.#member(readOnly, name, { inherit: true, set: false }, `${name} reads`)
  }

  #member(role: string, member: string, want: { inherit: boolean; set: boolean }, because: string): void {
    const [granted, to] = [this.#roles.get(role), this.#roles.get(member)]
    const rows = this.#state.graph.memberships.filter(
      (each) => each.role === granted?.oid && each.member === to?.oid,
    )
    const isFit = ({ inherit, set, admin }: Membership) =>
      !admin && (!this.#modern || (inherit === want.inherit && set === want.set))
    for (const row of rows.filter((each) => !isFit(each))) {
      const grantor = this.#state.graph.roles.get(row.grantor)?.name
      const by = this.#modern && grantor !== undefined ? ` GRANTED BY ${q(grantor)}` : ""
      this.#add(`REVOKE ${q(role)} FROM ${q(member)}${by}`, "the membership has other options than it should")
    }
    if (rows.some(isFit)) return
    const onOff = (value: boolean) => (value ? "TRUE" : "FALSE")
    const options = this.#modern
      ? ` WITH ADMIN FALSE, INHERIT ${onOff(want.inherit)}, SET ${onOff(want.set)}`
      : ""
    this.#add(`GRANT ${q(role)} TO ${q(member)}${options}`, because)
  }

  #database(): void {
    const { database, self } = this.#state
    const { owner, migrator, applications, reporting } = this.#model
    const name = q(database.name)
    const logins = [migrator, ...Object.keys(applications), ...Object.keys(reporting)]
    if (!self.superuser && ![owner, ...logins].includes(self.name)) logins.push(self.name)
    const isMoved = this.#moveDatabase()
    // What its owner has goes with it to the next.
    for (const login of logins)
      if (!database.grants.has(`${login} CONNECT`) || (isMoved && login === database.owner))
        this.#add(
          `GRANT CONNECT ON DATABASE ${name} TO ${q(login)}`,
          "those who work here, and nobody else, connect",
        )
    const open = ["CONNECT", "TEMPORARY", "CREATE"].filter((each) => database.grants.has(` ${each}`))
    if (open.length === 0) return
    if (!isMoved && !this.#actsAs(database.owner)) {
      this.#leave(`DATABASE ${name}`, open, database.owner)
      return
    }
    this.#add(
      `REVOKE ALL ON DATABASE ${name} FROM PUBLIC`,
      `everybody has ${open.join(", ")}: temporary objects take part in how functions of others look up names`,
    )
    this.#noteLockedOut(logins)
  }

  /** Gives the database to the owner; without the right to, what the owner needs of it. */
  #moveDatabase(): boolean {
    const { database, self } = this.#state
    const { owner } = this.#model
    if (database.owner === owner) return false
    if (self.superuser || (self.createDatabase && this.#holds(database.owner))) {
      this.#add(`ALTER DATABASE ${q(database.name)} OWNER TO ${q(owner)}`, `it belongs to ${database.owner}`)
      return true
    }
    if (!database.grants.has(`${owner} CREATE`))
      this.#add(
        `GRANT CONNECT, CREATE, TEMPORARY ON DATABASE ${q(database.name)} TO ${q(owner)}`,
        `the database belongs to ${database.owner}, and ${self.name} may not give it away`,
      )
    return false
  }

  /** Who connects today only because everybody may. */
  #noteLockedOut(logins: readonly string[]): void {
    const { database, graph } = this.#state
    const out = [...graph.roles.values()]
      .filter(({ login, superuser, name }) => login && !superuser && !logins.includes(name))
      .filter((role) => {
        const { holdings } = reach(graph, role)
        const names = [...holdings.keys()].map((oid) => graph.roles.get(oid)?.name ?? "")
        return !names.some((name) => name === database.owner || database.grants.has(`${name} CONNECT`))
      })
      .map(({ name }) => name)
    if (out.length === 0) return
    const shown = out.slice(0, mostNamed).join(", ")
    const more = out.length > mostNamed ? ` and ${out.length - mostNamed} more` : ""
    this.#notes.push(
      `these roles connect today because everybody may, and will not any more: ${shown}${more}`,
    )
  }

  #schema(name: string): void {
    const { owner, readWrite, readOnly } = this.#model
    const schema = this.#state.schemas.find((each) => each.name === name)
    if (schema === undefined)
      this.#add(`CREATE SCHEMA ${q(name)} AUTHORIZATION ${q(owner)}`, "a schema of the owner's objects")
    else if (schema.owner !== owner)
      this.#add(`ALTER SCHEMA ${q(name)} OWNER TO ${q(owner)}`, `it belongs to ${schema.owner}`)
    this.#closeSchema(name, schema)
    for (const group of [readWrite, readOnly])
      if (schema?.grants.has(`${group} USAGE`) !== true)
        this.#add(`GRANT USAGE ON SCHEMA ${q(name)} TO ${q(group)}`, "its objects can be named")
  }

  #closeSchema(name: string, schema: Owned | undefined): void {
    const open = ["CREATE", "USAGE"].filter((each) => schema?.grants.has(` ${each}`) === true)
    if (schema === undefined || open.length === 0) return
    // What is taken over is closed by the one that takes it over.
    if (this.#isOurs(name) || this.#actsAs(schema.owner))
      this.#add(`REVOKE ALL ON SCHEMA ${q(name)} FROM PUBLIC`, `everybody has ${open.join(", ")} there`)
    else this.#leave(`SCHEMA ${q(name)}`, open, schema.owner)
  }

  /** The server would answer with a warning, and do nothing. */
  #leave(object: string, open: readonly string[], owner: string): void {
    this.#beyond.add(object)
    this.#notes.push(
      `everybody has ${open.join(", ")} on ${object}, which belongs to ${owner}: only ${owner} or a superuser can say REVOKE ALL ON ${object} FROM PUBLIC`,
    )
  }

  /** Tells whether the one that sets this up can act for the owner of something. */
  #actsAs(owner: string): boolean {
    const { self, database } = this.#state
    // Whoever owns the database, which by then is the owner of the model or has been so before.
    if (owner === "pg_database_owner")
      return database.owner === this.#model.owner || this.#actsAs(database.owner)
    return self.superuser || self.name === owner || this.#holds(owner)
  }

  /** Lockstep's own schema belongs to the migrator: it writes the history as itself, whatever a revision does. */
  #historySchema(): void {
    const { migrator } = this.#model
    const schema = this.#state.schemas.find(({ name }) => name === this.#history)
    if (schema === undefined)
      this.#add(
        `CREATE SCHEMA ${q(this.#history)} AUTHORIZATION ${q(migrator)}`,
        "the history of the migrations, which no application can write",
      )
    else if (schema.owner !== migrator)
      this.#add(`ALTER SCHEMA ${q(this.#history)} OWNER TO ${q(migrator)}`, `it belongs to ${schema.owner}`)
  }

  #publicSchema(): void {
    const { schemas, extensionSchemas } = this.#state
    const { readWrite, readOnly } = this.#model
    const found = schemas.find(({ name }) => name === "public")
    if (!this.#model.schemas.includes("public")) this.#closeSchema("public", found)
    for (const name of extensionSchemas) {
      const schema = schemas.find((each) => each.name === name)
      if (schema === undefined || this.#model.schemas.includes(name) || name === this.#history) continue
      for (const group of [readWrite, readOnly])
        if (!schema.grants.has(`${group} USAGE`))
          this.#add(
            `GRANT USAGE ON SCHEMA ${q(name)} TO ${q(group)}`,
            "extensions have put their objects there",
          )
    }
  }

  #takeOver({ schema, owner, name, keywords, dependent }: SchemaObject): void {
    const rightful = schema === this.#history ? this.#model.migrator : this.#model.owner
    if (owner === rightful || dependent) return
    // What an event trigger runs is run by whoever alters a table: it stays with the administrator who made it.
    if (schema === this.#history && name.endsWith(`.${guardFunction}()`)) return
    this.#add(
      `ALTER ${keywords} ${name} OWNER TO ${q(rightful)}`,
      `it belongs to ${owner}, who could alter it`,
    )
  }

  #grants(object: SchemaObject): void {
    const { kind, name, grants, schema } = object
    if (schema === this.#history) return
    const { readWrite, readOnly } = this.#model
    const objects: Partial<Record<SchemaObject["kind"], string>> = {
      table: "TABLE",
      sequence: "SEQUENCE",
      routine: "ROUTINE",
      type: "TYPE",
    }
    const word = objects[kind]
    if (word === undefined) return
    for (const [group, privileges] of [
      [readWrite, wanted.readWrite[kind]],
      [readOnly, wanted.readOnly[kind]],
    ] as const) {
      const missing = (privileges ?? []).filter((each) => !grants.has(`${group} ${each}`))
      if (missing.length > 0)
        this.#add(`GRANT ${missing.join(", ")} ON ${word} ${name} TO ${q(group)}`, `${group} lacks it`)
    }
    const open = [...grants].filter((each) => each.startsWith(" ")).map((each) => each.slice(1))
    if (open.length > 0)
      this.#add(`REVOKE ALL ON ${word} ${name} FROM PUBLIC`, `everybody has ${open.join(", ")} on it`)
  }

  /** What the next objects of the owner bring along. PUBLIC's built-in rights can only be taken away everywhere. */
  #defaultPrivileges(): void {
    const { owner, readWrite, readOnly, schemas } = this.#model
    const forOwner = `ALTER DEFAULT PRIVILEGES FOR ROLE ${q(owner)}`
    const rowOf = (schema: string | null, objects: string) =>
      this.#state.defaults.find((row) => row.schema === schema && row.objects === objects)
    for (const [objects, words, privilege] of [
      ["f", "ROUTINES", "EXECUTE"],
      ["T", "TYPES", "USAGE"],
    ] as const) {
      const row = rowOf(null, objects)
      if (row === undefined || row.grants.has(` ${privilege}`))
        this.#add(
          `${forOwner} REVOKE ${privilege} ON ${words} FROM PUBLIC`,
          `everybody would have ${privilege} on every new one`,
        )
    }
    for (const schema of schemas)
      for (const [objects, kind, words] of defaultKinds)
        for (const [group, privileges] of [
          [readWrite, wanted.readWrite[kind]],
          [readOnly, wanted.readOnly[kind]],
        ] as const) {
          const row = rowOf(schema, objects)
          const missing = (privileges ?? []).filter((each) => row?.grants.has(`${group} ${each}`) !== true)
          if (missing.length > 0)
            this.#add(
              `${forOwner} IN SCHEMA ${q(schema)} GRANT ${missing.join(", ")} ON ${words} TO ${q(group)}`,
              "new objects are usable without a further grant",
            )
        }
    if (this.#state.graph.serverVersion < 180_000) return
    const row = rowOf(null, "L")
    for (const [group, privileges] of [
      [readWrite, ["SELECT", "UPDATE"]],
      [readOnly, ["SELECT"]],
    ] as const) {
      const missing = privileges.filter((each) => row?.grants.has(`${group} ${each}`) !== true)
      if (missing.length > 0)
        this.#add(
          `${forOwner} GRANT ${missing.join(", ")} ON LARGE OBJECTS TO ${q(group)}`,
          "large objects of the owner",
        )
    }
  }

  #settings(): void {
    const { migrator, migratorSettings, applications, reporting } = this.#model
    this.#settingsOf(migrator, migratorSettings, [])
    for (const [name, settings] of Object.entries(applications)) this.#settingsOf(name, settings, [])
    for (const [name, settings] of Object.entries(reporting))
      this.#settingsOf(name, settings, [["default_transaction_read_only", "on"]])
  }

  #settingsOf(name: string, settings: RoleSettings, more: readonly (readonly [string, string])[]): void {
    const { schemas } = this.#model
    const path = settings.searchPath ?? [...schemas, ...this.#extensionPath()]
    const wantedSettings: (readonly [string, string | undefined])[] = [
      ["search_path", path.map((each) => (each === "$user" ? '"$user"' : q(each))).join(", ")],
      ["statement_timeout", milliseconds(settings.statementTimeoutMs)],
      ["lock_timeout", milliseconds(settings.lockTimeoutMs)],
      ["idle_in_transaction_session_timeout", milliseconds(settings.idleInTransactionTimeoutMs)],
      ...more,
    ]
    const present = this.#state.settings.get(name) ?? []
    const inDatabase = `ALTER ROLE ${q(name)} IN DATABASE ${q(this.#state.database.name)}`
    for (const [key, value] of wantedSettings) {
      if (value === undefined || present.includes(`${key}=${value}`)) continue
      const shown = key === "search_path" ? value : quoteLiteral(value)
      this.#add(
        `${inDatabase} SET ${key} = ${shown}`,
        key === "search_path" ? "where its names are looked up" : "its limit",
      )
    }
    const { connectionLimit } = settings
    const limit = this.#state.connectionLimits.get(name) ?? -1
    if (connectionLimit !== undefined && connectionLimit !== limit)
      this.#add(`ALTER ROLE ${q(name)} CONNECTION LIMIT ${connectionLimit}`, "how many sessions it may have")
  }

  /** Types and operators of extensions are written without their schema. */
  #extensionPath(): readonly string[] {
    return this.#state.extensionSchemas.filter(
      (name) => !this.#model.schemas.includes(name) && name !== this.#history,
    )
  }

  #holds(role: string): boolean {
    const { graph, self } = this.#state
    const oid = this.#roles.get(role)?.oid
    return oid !== undefined && reach(graph, self).holdings.has(oid)
  }

  /**
   * An administrator without SUPERUSER acts for the roles that objects belong to. From 16 on whoever makes a role may
   * grant it and no more; so it grants itself the roles for as long as the statements run.
   */
  #asAdministrator(rolesEnd: number): readonly RoleStep[] {
    const { self, objects, schemas } = this.#state
    if (self.superuser) return this.#steps
    const { owner, migrator } = this.#model
    const involved = new Set([owner, migrator])
    for (const object of [...objects, ...schemas.filter(({ name }) => this.#isOurs(name))])
      if (object.owner !== owner && object.owner !== migrator) involved.add(object.owner)
    const needed = [...involved].filter((name) => {
      const role = this.#roles.get(name)
      if (role?.superuser || name === "pg_database_owner" || name === self.name) return false
      return role === undefined || !this.#actsFor(role)
    })
    const begin = needed.map((name) => ({
      sql: `GRANT ${q(name)} TO ${q(self.name)}${this.#modern ? " WITH INHERIT TRUE, SET TRUE" : ""}`,
      because: `${self.name} acts for ${name} while it sets this up`,
    }))
    const end = needed.map((name) => ({
      sql: `REVOKE ${q(name)} FROM ${q(self.name)}${this.#modern ? ` GRANTED BY ${q(self.name)}` : ""}`,
      because: "and no longer",
    }))
    return [...this.#steps.slice(0, rolesEnd), ...begin, ...this.#steps.slice(rolesEnd), ...end]
  }

  /** Tells whether it is a member already, with the options that this takes, and not only able to become one. */
  #actsFor(role: Role): boolean {
    const { graph, self } = this.#state
    const withoutAdmin = {
      ...graph,
      memberships: graph.memberships.map((each) => ({ ...each, admin: false })),
    }
    const { identities, holdings } = reach(withoutAdmin, self)
    return holdings.has(role.oid) && identities.has(role.oid)
  }

  #isOurs(schema: string): boolean {
    return this.#model.schemas.includes(schema) || schema === this.#history
  }
}

type Wanted = Partial<Record<SchemaObject["kind"], readonly string[]>>

/** What the groups may do with each kind of object. */
export const wanted: { readonly readWrite: Wanted; readonly readOnly: Wanted } = {
  readWrite: {
    table: ["SELECT", "INSERT", "UPDATE", "DELETE"],
    sequence: ["USAGE", "SELECT"],
    routine: ["EXECUTE"],
    type: ["USAGE"],
  },
  readOnly: { table: ["SELECT"], sequence: ["SELECT"], type: ["USAGE"] },
}

/** pg_default_acl.defaclobjtype, what it is for, and how ALTER DEFAULT PRIVILEGES names it. */
export const defaultKinds = [
  ["r", "table", "TABLES"],
  ["S", "sequence", "SEQUENCES"],
  ["f", "routine", "ROUTINES"],
  ["T", "type", "TYPES"],
] as const

function milliseconds(value: number | undefined): string | undefined {
  return value === undefined ? undefined : `${value}ms`
}
