import type { Scope } from "./kind.ts"

/**
 * Names of options whose values are secrets by convention: of wrappers' own (`password`, `sslpassword`) and of those
 * that reach other services (`api_key`, `aws_secret_access_key`, `access_token`). They are compared by name only, so
 * that no value of theirs comes into a catalog, a plan or a file, unless somebody asks for it.
 */
const secretNames =
  "pass(word|wd|phrase)|secret|token|credential|(api|access|private|account|encryption)_?key"

/** Returns columns of a query: `options`, each as `name 'value'`, and the names of `secrets`. */
export function optionColumns(array: string, { secrets }: Scope): string {
  const where = (condition: string, text: string) =>
    `array(select ${text} from pg_options_to_table(${array}) where ${condition} order by option_name collate "C")`
  const text = "quote_ident(option_name) || ' ' || quote_literal(option_value)"
  if (secrets) return `${where("true", text)} as options, '{}'::text[] as secrets`
  return `${where(`option_name !~* '${secretNames}'`, text)} as options,
    ${where(`option_name ~* '${secretNames}'`, "quote_ident(option_name)")} as secrets`
}

/** Returns ` options (...)` for a CREATE statement. */
export function optionClause(options: readonly string[]): string {
  return options.length === 0 ? "" : ` options (${options.join(", ")})`
}

/** Returns the statement that leads from some options to others; `target` is what stands behind ALTER. */
export function optionSteps(target: string, before: readonly string[], after: readonly string[]): string[] {
  const old = new Map(before.map((option) => [nameOf(option), option]))
  const wanted = new Map(after.map((option) => [nameOf(option), option]))
  const actions = [
    ...[...old.keys()].filter((name) => !wanted.has(name)).map((name) => `drop ${name}`),
    ...[...wanted].flatMap(([name, option]) => {
      if (!old.has(name)) return [`add ${option}`]
      return old.get(name) === option ? [] : [`set ${option}`]
    }),
  ]
  return actions.length === 0 ? [] : [`alter ${target} options (${actions.join(", ")})`]
}

function nameOf(option: string): string {
  return /^("(?:[^"]|"")*"|\S+) /.exec(option)?.[1] ?? option
}
