import { describe, expect, test } from "vitest"
import { type Membership, type Role, type RoleGraph, reach } from "./role-graph.ts"

/** `app -is-> owner`: the letters are the options INHERIT, SET and ADMIN of a membership. */
function graph(drawing: string, serverVersion = 160_000): RoleGraph {
  const names = [...new Set(drawing.match(/\w+(?= -)|(?<=> )\w+/g))]
  const oid = (name = "") => names.indexOf(name) + 100
  const roles = names.map((name): [number, Role] => [
    oid(name),
    {
      oid: oid(name),
      name,
      superuser: name === "root",
      inherit: true,
      createRole: false,
      createDatabase: false,
      login: name === "app",
      replication: false,
      bypassRls: false,
    },
  ])
  const memberships = [...drawing.matchAll(/(\w+) -(\w*)-> (\w+)/g)].map(
    ([, member, options = "", role]): Membership => ({
      role: oid(role),
      member: oid(member),
      grantor: 10,
      inherit: options.includes("i"),
      set: options.includes("s"),
      admin: options.includes("a"),
    }),
  )
  return { serverVersion, roles: new Map(roles), memberships }
}

function reachOf(drawing: string, serverVersion?: number) {
  const roles = graph(drawing, serverVersion)
  const app = [...roles.roles.values()].find(({ name }) => name === "app")
  if (app === undefined) throw new Error("the drawing has no app")
  const { identities, holdings } = reach(roles, app)
  const names = (found: ReadonlyMap<number, unknown>) =>
    [...found.keys()].map((oid) => roles.roles.get(oid)?.name).sort()
  return { becomes: names(identities), holds: names(holdings) }
}

describe("what a login can become and hold", () => {
  test("INHERIT gives rights, SET gives the role", () => {
    expect(reachOf("app -i-> rw")).toEqual({ becomes: ["app"], holds: ["app", "rw"] })
    expect(reachOf("app -s-> rw")).toEqual({ becomes: ["app", "rw"], holds: ["app", "rw"] })
    expect(reachOf("app --> rw")).toEqual({ becomes: ["app"], holds: ["app"] })
  })

  test("SET asks the session's user: what is inherited cannot be set from", () => {
    expect(reachOf("app -i-> group; group -s-> owner").holds).toEqual(["app", "group"])
    expect(reachOf("app -s-> group; group -i-> owner").holds).toEqual(["app", "group", "owner"])
    expect(reachOf("app -s-> group; group -s-> owner").becomes).toEqual(["app", "group", "owner"])
  })

  test("an ADMIN option that is held lets the role be granted, and what is behind it", () => {
    expect(reachOf("app -i-> group; group -a-> owner; owner -s-> more").becomes).toEqual([
      "app",
      "more",
      "owner",
    ])
    expect(reachOf("app -a-> root").becomes).toEqual(["app"])
  })

  test("before 16 the ADMIN option of a membership counts only where the member can be become", () => {
    expect(reachOf("app -s-> group; group -as-> owner", 150_000).becomes).toEqual(["app", "group", "owner"])
  })

  test("circles end", () => {
    expect(reachOf("app -s-> a; a -s-> b; b -s-> a").becomes).toEqual(["a", "app", "b"])
  })
})
