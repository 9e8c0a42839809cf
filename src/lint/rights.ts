import type { Facts } from "../prove/facts.ts"
import { bareName } from "../sql/written-name.ts"
import type { CatalogVerdict } from "./finding.ts"

/**
 * Finds what roles may do no longer with what is still there.
 *
 * @param known the role that the application connects as; what others lose is a warning then
 */
export function rightsLost(before: Facts, after: Facts, known: string | undefined): CatalogVerdict[] {
  return [
    ...privileges(before, after, known),
    ...calls(before, after, known),
    ...sequences(before, after, known),
  ]
}

function calls(before: Facts, after: Facts, known: string | undefined): CatalogVerdict[] {
  return Object.entries(before.callable).flatMap(([role, was]): CatalogVerdict[] => {
    const now = after.callable[role]
    if (now === undefined) return []
    const lost = was.filter(
      (signature) => after.functions[signature] !== undefined && !now.includes(signature),
    )
    return lost.map((signature) => ({
      rule: "privilege-lost",
      ...(known === undefined || known === role ? {} : { severity: "warning" }),
      names: [bareName(signature.replace(/\(.*$/s, "")), role],
      message: `${role} may no longer call ${signature}: its queries fail with 42501`,
    }))
  })
}

/** A column whose default asks a sequence needs the right to. */
function sequences(before: Facts, after: Facts, known: string | undefined): CatalogVerdict[] {
  return Object.entries(before.usable).flatMap(([role, was]): CatalogVerdict[] => {
    const now = after.usable[role]
    if (now === undefined) return []
    const lost = was.filter((name) => after.sequences[name] !== undefined && !now.includes(name))
    return lost.map((name) => ({
      rule: "privilege-lost",
      ...(known === undefined || known === role ? {} : { severity: "warning" }),
      names: [bareName(name), role],
      message: `${role} may no longer use the sequence ${name}: INSERTs that ask it fail with 42501`,
    }))
  })
}

function privileges(before: Facts, after: Facts, known: string | undefined): CatalogVerdict[] {
  return Object.entries(before.privileges).flatMap(([key, was]): CatalogVerdict[] => {
    const [role = "", relation = ""] = splitOnce(key)
    const now = after.privileges[key]
    if (after.relations[relation] === undefined || now === undefined || was === "") return []
    const kept = new Set(now.split(","))
    const lost = was
      .split(",")
      .filter((privilege) => !kept.has(privilege) && !kept.has(privilege.replace(ofColumns, "")))
    if (lost.length === 0) return []
    const kind = after.relations[relation]?.kind
    // Views are there to be read, with few exceptions.
    const notUsed = (kind === "v" || kind === "m") && !lost.includes("SELECT")
    const another = known !== undefined && known !== bareName(role)
    const partly = lost.every((privilege) => kept.has(`${privilege} of columns`))
    return [
      {
        rule: "privilege-lost",
        relation,
        ...(notUsed || another || partly ? { severity: "warning" } : {}),
        names: [role, bareName(relation)],
        message: `${role} may no longer ${lost.join(", ")} ${relation}: its queries fail with 42501`,
      },
    ]
  })
}

const ofColumns = / of columns$/

function splitOnce(key: string): readonly [string, string] {
  // The relation is the last word; a quoted role may hold blanks.
  const at = key.search(/ (?:[^" ]|"[^"]*")+$/)
  return [key.slice(0, at), key.slice(at + 1)]
}
