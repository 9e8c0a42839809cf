/** A way by which a role could do more than read and write. */
export interface AccessPath {
  /** Stable as long as the path is: `create:schema public`. What a deploy gate compares. */
  readonly id: string
  /** What makes it possible, in order, one sentence for each step. */
  readonly chain: readonly string[]
  /** The SQL that closes it, for whoever owns the objects. Several statements stand on lines of their own. */
  readonly fix: string
}

/** More than a role needs to read and write, but no path by itself. */
export interface Excess {
  readonly id: string
  readonly message: string
  /** The SQL that takes it away. */
  readonly fix: string
}

/** What the audit says of one role. */
export interface RoleAudit {
  readonly role: string
  readonly paths: readonly AccessPath[]
  readonly excess: readonly Excess[]
  /** What decides over paths as well, and cannot be read from the catalogs of this database. */
  readonly unseen: readonly string[]
  /** Paths that the configuration accepts by their id, with the reason. */
  readonly accepted: readonly AcceptedPath[]
}

export interface AcceptedPath extends AccessPath {
  readonly because: string
}
