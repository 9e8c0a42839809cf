import { whoami as ask, type Identity, type ReachedRole } from "../../api/whoami.ts"
import type { Colors } from "../../report/colors.ts"
import { isAddress } from "../address.ts"
import { defineCommand } from "../command.ts"

export const whoami = defineCommand({
  name: "whoami",
  description:
    "Says who connects to a database, which roles that one may become, which roles' rights it has without becoming them, and through which memberships. Asks the catalogs only.",
  operands: { target: { help: "An environment of the configuration, or a database's URL" } },
  examples: [
    { line: "whoami", says: "with the configured address" },
    { line: "whoami postgresql://migrator@localhost/shop", says: "any database, without a project" },
  ],
  async run(_, { target }, context) {
    const options =
      target !== undefined && isAddress(target)
        ? { url: target, libpqVariables: context.io.env, packagesFrom: context.io.cwd }
        : await (target === undefined ? context : context.inEnvironment(target)).targetOptions()
    const result = await ask(options)
    return { result, text: (paint) => identityText(result, paint) }
  },
})

function identityText(identity: Identity, paint: Colors): string {
  const { database, user, role, superuser, attributes, becomes, holds } = identity
  const words = [...(superuser ? ["superuser"] : []), ...attributes]
  return [
    `${paint.bold(user)} on ${database}${words.length === 0 ? "" : `: ${words.join(", ")}`}`,
    ...(role === user ? [] : [`statements run as ${paint.bold(role)}`]),
    ...rolesText("may become", becomes, paint),
    ...rolesText("has the rights of", holds, paint),
    ...(superuser
      ? ["may become everybody"]
      : becomes.length + holds.length === 0
        ? ["may become nobody else"]
        : []),
  ].join("\n")
}

function rolesText(heading: string, roles: readonly ReachedRole[], paint: Colors): readonly string[] {
  return roles.map(({ role, through }) => `${heading} ${paint.bold(role)}: ${paint.dim(through.join(", "))}`)
}
