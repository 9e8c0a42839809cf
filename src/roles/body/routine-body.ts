import { anyWord, type DynamicText, fixedName, type Names, textOfType } from "./dynamic-text.ts"
import type { CallerCheck } from "./guards.ts"
import type { StatementFacts, WrittenName } from "./statement.ts"

/** A statement in its place. */
export interface Placed {
  readonly facts: StatementFacts
  /** What the names in its expressions can hold there. */
  readonly names: Names
  /** Who must have logged in for it to run. */
  readonly callers: readonly CallerCheck[]
}

/** What matters of a function's body. */
export interface RoutineBody {
  readonly statements: readonly Placed[]
  /** Statements that are put together as text. */
  readonly dynamic: readonly (DynamicText & Pick<Placed, "names" | "callers">)[]
  /** Types of its variables, where they are looked up when it runs. */
  readonly types: readonly WrittenName[]
  /** The search path that its first statement sets; `caller` where it sets one that it is given. */
  readonly path?: readonly string[] | "caller"
  /** Cursors that it reads, and that somebody else has opened. */
  readonly cursors: readonly string[]
  /** It does something with an argument of any type, which can be a type of the caller's. */
  readonly usesAnyType: boolean
  /** What it gives back, where that is one value. */
  readonly result?: DynamicText
  /** False where no parser understands it. */
  readonly readable: boolean
}

/** What its surroundings tell of a function's variables. */
export interface BodyContext {
  /** The caller chooses the table that the trigger function is on. */
  readonly choosesTable: boolean
  /** Types of the columns of NEW and OLD; undefined where tables differ. */
  readonly rowTypes: ReadonlyMap<string, string>
  readonly enums: ReadonlySet<string>
  /** Names of domains that only plain words are in. */
  readonly words: ReadonlySet<string>
  /** What other functions give back. */
  readonly resultOf: NonNullable<Names["resultOf"]>
  /** What it is called with; undefined where that can be anything. */
  readonly args?: readonly DynamicText[]
  /** Names in the catalogs may be of the caller's making. */
  readonly makesObjects: boolean
}

/** Of a body that no parser understands. */
export const unreadable: RoutineBody = {
  statements: [],
  dynamic: [],
  types: [],
  cursors: [],
  usesAnyType: false,
  readable: false,
}

/** What every value of an argument's type is, where that is harmless. */
export function textOfArgument(type: string, { enums, words }: BodyContext): DynamicText | undefined {
  const bare = type.replace(/^.*\./, "").replaceAll('"', "")
  if (enums.has(bare)) return fixedName
  return words.has(bare) ? anyWord : textOfType(type)
}
