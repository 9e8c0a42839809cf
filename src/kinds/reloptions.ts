/**
 * Returns what leads from some storage parameters (`name=value`) to others.
 *
 * @param target what stands behind ALTER: `table public.users`
 */
export function reloptionSteps(
  target: string,
  before: readonly string[],
  after: readonly string[],
): string[] {
  const names = new Set(after.map(nameOf))
  const gone = before.map(nameOf).filter((name) => !names.has(name))
  const set = after.filter((option) => !before.includes(option))
  return [
    ...(gone.length === 0 ? [] : [`alter ${target} reset (${gone.join(", ")})`]),
    ...(set.length === 0 ? [] : [`alter ${target} set ${reloptionList(set)}`]),
  ]
}

/** Returns `(name='value', ...)`; quoted, since a value may be any text. */
export function reloptionList(options: readonly string[]): string {
  return `(${options.map((option) => `${nameOf(option)}='${option.slice(option.indexOf("=") + 1).replaceAll("'", "''")}'`).join(", ")})`
}

function nameOf(option: string): string {
  return option.slice(0, option.indexOf("="))
}
