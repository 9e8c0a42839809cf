import { quoteIdentifier } from "../../sql/identifier.ts"
import type { OwnedObject } from "../access.ts"
import type { AccessPath } from "../finding.ts"
import type { Subject } from "../subject.ts"

/** What the role owns itself, object by object, and the roles that own something and that it can act for. */
export function ownership(subject: Subject): readonly AccessPath[] {
  const { access, login } = subject
  const byOwner = new Map<number, OwnedObject[]>()
  for (const object of access.owned) {
    if (!subject.holds(object.owner)) continue
    const same = byOwner.get(object.owner)
    if (same === undefined) byOwner.set(object.owner, [object])
    else same.push(object)
  }
  return [...byOwner].flatMap(([owner, objects]) =>
    owner === login.oid
      ? objects.map((object) => ownObject(subject, object))
      : [throughRole(subject, owner, objects)],
  )
}

function ownObject(subject: Subject, { type, identity }: OwnedObject): AccessPath {
  const { name } = subject.login
  return {
    id: `owns:${type} ${identity}`,
    chain: [`${name} owns ${type} ${identity}: an owner can alter and drop it, and grant it to others`],
    fix:
      type === "extension"
        ? `REASSIGN OWNED BY ${quoteIdentifier(name)} TO ${subject.rightfulOwner};`
        : `ALTER ${keywordsOf(type)} ${identity} OWNER TO ${subject.rightfulOwner};`,
  }
}

function keywordsOf(type: string): string {
  if (type === "statistics object") return "STATISTICS"
  return type.replace("foreign-data wrapper", "foreign data wrapper").toUpperCase()
}

const mostShown = 3

function throughRole(subject: Subject, owner: number, objects: readonly OwnedObject[]): AccessPath {
  const shown = objects.slice(0, mostShown).map(({ type, identity }) => `${type} ${identity}`)
  const more = objects.length - shown.length
  return {
    id: `member:${subject.nameOf(owner)}`,
    chain: [
      ...subject.chainTo(owner),
      `${subject.nameOf(owner)} owns ${shown.join(", ")}${more > 0 ? ` and ${more} more` : ""}`,
    ],
    fix: subject.cut(owner),
  }
}
