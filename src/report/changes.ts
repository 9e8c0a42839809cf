import type { ObjectChange } from "../diff/object-change.ts"
import type { Colors } from "./colors.ts"

/** Draws differences: `+` what is new, `-` what is gone, `~` what differs, with both values. */
export function printChanges(changes: readonly ObjectChange[], paint: Colors): string {
  return changes.map((change) => printChange(change, paint)).join("\n")
}

function printChange({ change, object, properties = {} }: ObjectChange, paint: Colors): string {
  if (change === "create") return paint.green(`+ ${object}`)
  if (change === "drop") return paint.red(`- ${object}`)
  const lines = Object.entries(properties).map(
    ([name, { from, to }]) =>
      `    ${name}: ${paint.red(shown(from))} ${paint.dim("->")} ${paint.green(shown(to))}`,
  )
  return [paint.yellow(`~ ${object}`), ...lines].join("\n")
}

function shown(value: unknown): string {
  if (value === null || value === undefined) return "nothing"
  const text = typeof value === "string" ? value : JSON.stringify(value)
  return text.replace(/\s+/g, " ").slice(0, 160)
}
