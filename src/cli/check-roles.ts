import { didYouMean } from "../did-you-mean.ts"
import { isRecord } from "../is-record.ts"
import type { RoleSettings, RolesModel } from "../roles/model.ts"
import { durationForms, parseDuration } from "./duration.ts"

/** The setting `roles` as the program uses it. */
export interface CheckedRoles {
  readonly model: RolesModel
  /** Reasons by the ids of paths that are accepted. */
  readonly accept: Readonly<Record<string, string>>
  /** Tables and sequences that the groups need not have. */
  readonly exempt: readonly string[]
}

interface Problem {
  /** `applications.api.connectionLimit` */
  readonly key: string
  readonly says: string
}

const keys = [
  "owner",
  "migrator",
  "schemas",
  "applications",
  "reporting",
  "migratorSettings",
  "readWrite",
  "readOnly",
  "accept",
  "exempt",
] as const

const loginKeys = [
  "searchPath",
  "statementTimeout",
  "lockTimeout",
  "idleInTransactionTimeout",
  "connectionLimit",
] as const

/** Checks the setting `roles`; every problem is named by its key. */
export function checkRoles(raw: unknown): {
  readonly roles: CheckedRoles | undefined
  readonly problems: readonly Problem[]
} {
  const checker = new Checker()
  const roles = checker.roles(raw)
  return { roles: checker.problems.length === 0 ? roles : undefined, problems: checker.problems }
}

class Checker {
  readonly problems: Problem[] = []

  roles(raw: unknown): CheckedRoles | undefined {
    if (!isRecord(raw)) {
      this.#note("", "must be an object with owner and migrator")
      return undefined
    }
    this.#onlyKeys("", raw, keys)
    const model: RolesModel = {
      owner: this.#name("owner", raw.owner) ?? "",
      migrator: this.#name("migrator", raw.migrator) ?? "",
      ...optional("readWrite", this.#name("readWrite", raw.readWrite, true)),
      ...optional("readOnly", this.#name("readOnly", raw.readOnly, true)),
      ...optional("schemas", this.#names("schemas", raw.schemas)),
      ...optional("applications", this.#logins("applications", raw.applications)),
      ...optional("reporting", this.#logins("reporting", raw.reporting)),
      ...optional("migratorSettings", this.#login("migratorSettings", raw.migratorSettings)),
    }
    this.#refuseSharing(model)
    const exempt = this.#names("exempt", raw.exempt) ?? []
    return { model, accept: this.#accept(raw.accept), exempt }
  }

  #note(key: string, says: string): void {
    this.problems.push({ key, says })
  }

  #onlyKeys(place: string, raw: Readonly<Record<string, unknown>>, known: readonly string[]): void {
    for (const key of Object.keys(raw))
      if (!known.includes(key)) {
        const near = didYouMean(key, known)
        this.#note(inner(place, key), `is not a setting; ${near ?? `there are ${known.join(", ")}`}`)
      }
  }

  #name(key: string, value: unknown, isOptional = false): string | undefined {
    if (value === undefined && isOptional) return undefined
    if (typeof value === "string" && value !== "" && Buffer.byteLength(value) <= 63) return value
    this.#note(key, "must be the name of a role: a text of at most 63 bytes")
    return undefined
  }

  #names(key: string, value: unknown): readonly string[] | undefined {
    if (value === undefined) return undefined
    const list = typeof value === "string" ? [value] : value
    if (
      Array.isArray(list) &&
      list.length > 0 &&
      list.every((item) => typeof item === "string" && item !== "")
    )
      return list
    this.#note(key, "must be a text or a list of texts")
    return undefined
  }

  #logins(key: string, value: unknown): Readonly<Record<string, RoleSettings>> | undefined {
    if (value === undefined) return undefined
    if (!isRecord(value)) {
      const names = this.#names(key, value)
      return names === undefined ? undefined : Object.fromEntries(names.map((name) => [name, {}]))
    }
    return Object.fromEntries(
      Object.entries(value).map(([name, settings]) => {
        this.#name(inner(key, name), name)
        return [name, this.#login(inner(key, name), settings) ?? {}]
      }),
    )
  }

  #login(key: string, value: unknown): RoleSettings | undefined {
    if (value === undefined) return undefined
    if (!isRecord(value)) {
      this.#note(key, `must be an object with ${loginKeys.join(", ")}`)
      return undefined
    }
    this.#onlyKeys(key, value, loginKeys)
    return {
      ...optional("searchPath", this.#names(inner(key, "searchPath"), value.searchPath)),
      ...optional(
        "statementTimeoutMs",
        this.#duration(inner(key, "statementTimeout"), value.statementTimeout),
      ),
      ...optional("lockTimeoutMs", this.#duration(inner(key, "lockTimeout"), value.lockTimeout)),
      ...optional(
        "idleInTransactionTimeoutMs",
        this.#duration(inner(key, "idleInTransactionTimeout"), value.idleInTransactionTimeout),
      ),
      ...optional("connectionLimit", this.#limit(inner(key, "connectionLimit"), value.connectionLimit)),
    }
  }

  #duration(key: string, value: unknown): number | undefined {
    if (value === undefined) return undefined
    const read = typeof value === "string" || typeof value === "number" ? parseDuration(value) : undefined
    if (read === undefined) this.#note(key, `must be ${durationForms}`)
    return read
  }

  #limit(key: string, value: unknown): number | undefined {
    if (value === undefined) return undefined
    if (typeof value === "number" && Number.isInteger(value) && value >= -1) return value
    this.#note(key, "must be a whole number from -1, which means any number")
    return undefined
  }

  #accept(value: unknown): Readonly<Record<string, string>> {
    if (value === undefined) return {}
    if (
      isRecord(value) &&
      Object.values(value).every((reason) => typeof reason === "string" && reason !== "")
    )
      return value as Record<string, string>
    this.#note("accept", "must be an object of reasons by the ids of paths")
    return {}
  }

  /** One role with two parts would undo what the parts are for. */
  #refuseSharing({
    owner,
    migrator,
    readWrite,
    readOnly,
    applications = {},
    reporting = {},
  }: RolesModel): void {
    const parts: readonly (readonly [string, string | undefined])[] = [
      ["owner", owner],
      ["migrator", migrator],
      ["readWrite", readWrite],
      ["readOnly", readOnly],
      ...Object.keys(applications).map((name) => ["applications", name] as const),
      ...Object.keys(reporting).map((name) => ["reporting", name] as const),
    ]
    const seen = new Map<string, string>()
    for (const [key, name] of parts) {
      if (name === undefined || name === "") continue
      const first = seen.get(name)
      if (first === undefined) seen.set(name, key)
      else this.#note(key, `"${name}" is the ${first} already; each part needs a role of its own`)
    }
  }
}

function inner(place: string, key: string): string {
  return place === "" ? key : `${place}.${key}`
}

function optional<Key extends string, Value>(
  key: Key,
  value: Value | undefined,
): { readonly [Each in Key]?: Value } {
  return value === undefined ? {} : ({ [key]: value } as { readonly [Each in Key]: Value })
}
