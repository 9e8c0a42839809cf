import type { Note } from "./recorder.ts"

/** How one kind of thing is recorded. */
export interface Driver {
  is(subject: object): boolean
  /** Returns what to use in the place of `subject`. */
  record(subject: object, note: Note): object
}

/** Anything with methods. */
export type Methods = Record<string, (...values: unknown[]) => unknown>

const patched = Symbol.for("lockstep.recorded")

/**
 * Puts methods in the place of those that an object has. An object is changed once only: a pool gives the same client
 * again and again.
 */
export function patch<Subject extends object>(
  subject: Subject,
  replacements: Readonly<Record<string, (call: Call) => unknown>>,
): Subject {
  if (Object.hasOwn(subject, patched)) return subject
  Object.defineProperty(subject, patched, { value: true })
  const methods = subject as Methods
  for (const [name, replacement] of Object.entries(replacements)) {
    const original = methods[name]
    if (typeof original !== "function") continue
    const replaced = function (this: unknown, ...values: unknown[]): unknown {
      return replacement({ values, go: (given = values) => Reflect.apply(original, this, given) as unknown })
    }
    Object.defineProperty(subject, name, { value: replaced, configurable: true, writable: true })
  }
  return subject
}

/** The same for several methods that an object may have. */
export function patchEach<Subject extends object>(
  subject: Subject,
  names: readonly string[],
  replacement: (call: Call) => unknown,
): Subject {
  return patch(subject, Object.fromEntries(names.map((name) => [name, replacement])))
}

/** One call of a method that was put in the place of another. */
export interface Call {
  readonly values: readonly unknown[]
  /** Calls the one that was there, with the same values or with others. */
  go(values?: unknown[]): unknown
}

/** Gives a function that is among some values to `change`: a callback, wherever it stands. */
export function withCallback(
  values: readonly unknown[],
  change: (callback: (...given: unknown[]) => unknown) => (...given: unknown[]) => unknown,
): unknown[] {
  return values.map((value) =>
    typeof value === "function" ? change(value as (...given: unknown[]) => unknown) : value,
  )
}

/** Applies `change` to what a call returns, also where it comes later. */
export function whenThere(value: unknown, change: (value: object) => unknown): unknown {
  if (value instanceof Promise) return value.then((inner: unknown) => whenThere(inner, change))
  return typeof value === "object" && value !== null ? change(value) : value
}

/** Returns a text under a key, or undefined. */
export function textAt(value: unknown, ...keys: readonly string[]): string | undefined {
  let inner = value
  for (const key of keys) {
    if (typeof inner !== "object" || inner === null) return undefined
    inner = (inner as Readonly<Record<string, unknown>>)[key]
  }
  return typeof inner === "string" ? inner : undefined
}

/** Tells whether an object has all of these methods. */
export function has(subject: unknown, ...names: readonly string[]): boolean {
  if ((typeof subject !== "object" && typeof subject !== "function") || subject === null) return false
  return names.every((name) => typeof (subject as Methods)[name] === "function")
}
