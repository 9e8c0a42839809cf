/** The roles of one database as they are meant to be. Names are bare, as in the catalog. */
export interface RolesModel {
  /** Owns the database, the schemas and everything in them; cannot log in. */
  readonly owner: string
  /** Logs in to migrate, and may only become the owner. */
  readonly migrator: string
  /** The group that reads and writes. Default: `<owner>_rw`. */
  readonly readWrite?: string
  /** The group that reads. Default: `<owner>_ro`. */
  readonly readOnly?: string
  /** Schemas that the owner's objects are in. Default: `public`. */
  readonly schemas?: readonly string[]
  /** Logins of applications, which read and write. */
  readonly applications?: Readonly<Record<string, RoleSettings>>
  /** Logins that only read. */
  readonly reporting?: Readonly<Record<string, RoleSettings>>
  /** Settings of the migrator. */
  readonly migratorSettings?: RoleSettings
}

/** What a login finds in its sessions. What is absent is left as it is. */
export interface RoleSettings {
  /** Default: the schemas of the model. */
  readonly searchPath?: readonly string[]
  readonly statementTimeoutMs?: number
  readonly lockTimeoutMs?: number
  readonly idleInTransactionTimeoutMs?: number
  /** How many sessions it may have at once; -1 for any number. */
  readonly connectionLimit?: number
}

/** A model with its defaults written out. */
export type CompleteModel = Required<RolesModel>

export function completeModel(model: RolesModel): CompleteModel {
  const { owner, migrator } = model
  return {
    owner,
    migrator,
    readWrite: model.readWrite ?? `${owner}_rw`,
    readOnly: model.readOnly ?? `${owner}_ro`,
    schemas: model.schemas ?? ["public"],
    applications: model.applications ?? {},
    reporting: model.reporting ?? {},
    migratorSettings: model.migratorSettings ?? {},
  }
}

/** All logins that the model lets in besides the migrator. */
export function applicationLogins({ applications = {}, reporting = {} }: RolesModel): readonly string[] {
  return [...Object.keys(applications), ...Object.keys(reporting)]
}
