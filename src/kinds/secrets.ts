import type { KindStep } from "./kind.ts"

/**
 * Returns the statement that sets or removes options whose values nobody but the operator knows.
 *
 * @param target what stands behind ALTER: `server files`
 */
export function secretSteps(
  target: string,
  before: readonly string[],
  after: readonly string[],
): readonly (string | KindStep)[] {
  const gone = before.filter((name) => !after.includes(name))
  const added = after.filter((name) => !before.includes(name))
  return [
    ...(gone.length === 0
      ? []
      : [`alter ${target} options (${gone.map((name) => `drop ${name}`).join(", ")})`]),
    ...(added.length === 0
      ? []
      : [
          {
            sql: `alter ${target} options (${added.map((name) => `add ${name} '...'`).join(", ")})`,
            byHand: "Lockstep neither reads nor writes secrets",
          },
        ]),
  ]
}
