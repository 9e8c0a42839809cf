import type { Facts } from "../prove/facts.ts"
import type { Proof } from "../prove/prove.ts"
import { quoteIdentifier } from "../sql/identifier.ts"

/** Of queries that nobody has given, what a trigger, a rule or a policy does to them; the catalog tells the rest. */
export function presumedOf(
  { breakages, ...proof }: Proof,
  { before, after }: { readonly before: Facts; readonly after: Facts },
  role = "",
): Proof {
  const told = breakages.filter(
    ({ kind, severity, sqlState = "", message }) =>
      (kind === "fails" && !/^(?:22|23)/.test(sqlState) && (sqlState !== "42501" || !isRevoked(message))) ||
      (kind === "sees-no-rows" && severity === "error"),
  )
  return { ...proof, breakages: told, unproven: [] }

  /** What a role has lost itself is told by the catalog; what is done in its name with more than it has, is not. */
  function isRevoked(message: string): boolean {
    const name = /permission denied for (?:table|view|materialized view) (.+)$/.exec(message)?.[1]
    if (name === undefined) return !/row-level security|for function/.test(message)
    return Object.entries(before.relations).some(
      ([relation, { name: bare }]) =>
        bare === name &&
        before.privileges[`${quoteIdentifier(role)} ${relation}`] !==
          after.privileges[`${quoteIdentifier(role)} ${relation}`],
    )
  }
}
