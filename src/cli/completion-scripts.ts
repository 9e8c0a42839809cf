/** What a shell needs to know of one command. */
export interface CompletionCommand {
  readonly name: string
  readonly aliases: readonly string[]
  readonly summary: string
  readonly options: readonly CompletionOption[]
}

export interface CompletionOption {
  /** `--phase` */
  readonly name: string
  /** `-e` */
  readonly short?: string
  readonly help: string
  /** Absent: the option takes no value. */
  readonly value?: "file" | "folder" | "any" | readonly string[]
}

export type Shell = "bash" | "zsh" | "fish"

/** Returns the script that a shell loads to complete the commands and options of lockstep. */
export function completionScript(shell: Shell, commands: readonly CompletionCommand[]): string {
  return { bash, zsh, fish }[shell](commands)
}

function bash(commands: readonly CompletionCommand[]): string {
  const cases = commands.map(({ name, aliases, options }) => {
    const words = options.flatMap(({ name: long, short }) => (short === undefined ? [long] : [long, short]))
    return `    ${[name, ...aliases].join("|")}) words="${words.join(" ")}" ;;`
  })
  const values = valueCases(commands).map(({ patterns, value }) => {
    const pattern = patterns.join("|")
    if (value === "file") return `    ${pattern}) COMPREPLY=($(compgen -f -- "$word")); return ;;`
    if (value === "folder") return `    ${pattern}) COMPREPLY=($(compgen -d -- "$word")); return ;;`
    return typeof value === "object"
      ? `    ${pattern}) COMPREPLY=($(compgen -W "${value.join(" ")}" -- "$word")); return ;;`
      : `    ${pattern}) return ;;`
  })
  return `# bash completion for lockstep; load it with: source <(lockstep completion bash)
_lockstep() {
  local word="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD - 1]}" command="" words="" index
  for ((index = 1; index < COMP_CWORD; index++)); do
    case "\${COMP_WORDS[index]}" in
    ${commands.flatMap(({ name, aliases }) => [name, ...aliases]).join("|")}) command="\${COMP_WORDS[index]}"; break ;;
    esac
  done
  case "$command:$previous" in
${values.join("\n")}
  esac
  case "$command" in
    "") words="${commands.map(({ name }) => name).join(" ")} --help --version" ;;
${cases.join("\n")}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$word"))
}
complete -o default -F _lockstep lockstep
`
}

function zsh(commands: readonly CompletionCommand[]): string {
  const names = commands.map(({ name, summary }) => `    ${single(`${name}:${summary}`)}`)
  const cases = commands.map(({ name, aliases, options }) => {
    const specs = options.flatMap((option) => zshOption(option).map((spec) => `        ${single(spec)} \\`))
    return `      ${[name, ...aliases].join("|")})\n        _arguments \\\n${specs.join("\n")}\n          '*::'\n        ;;`
  })
  return `#compdef lockstep
# zsh completion for lockstep; load it with: source <(lockstep completion zsh)
_lockstep() {
  local -a commands
  commands=(
${names.join("\n")}
  )
  local line state
  _arguments -C '1: :->command' '*:: :->rest'
  case "$state" in
  command) _describe 'command' commands ;;
  rest)
    case "$line[1]" in
${cases.join("\n")}
    esac
    ;;
  esac
}
compdef _lockstep lockstep
`
}

function zshOption({ name, short, help, value }: CompletionOption): string[] {
  const text = help.replace(/[[\]:]/g, " ")
  const actions = { file: ":file:_files", folder: ":folder:_files -/", any: ":value:" }
  const action =
    value === undefined ? "" : typeof value === "string" ? actions[value] : `:value:(${value.join(" ")})`
  return (short === undefined ? [name] : [name, short]).map((word) => `${word}[${text}]${action}`)
}

function fish(commands: readonly CompletionCommand[]): string {
  const all = commands.flatMap(({ name, aliases }) => [name, ...aliases]).join(" ")
  const lines = [
    "# fish completion for lockstep; load it with: lockstep completion fish | source",
    "complete -c lockstep -f",
  ]
  for (const { name, aliases, summary, options } of commands) {
    lines.push(
      `complete -c lockstep -n "not __fish_seen_subcommand_from ${all}" -a ${name} -d ${single(summary)}`,
    )
    const condition = `-n "__fish_seen_subcommand_from ${[name, ...aliases].join(" ")}"`
    for (const option of options) lines.push(`complete -c lockstep ${condition} ${fishOption(option)}`)
  }
  return `${lines.join("\n")}\n`
}

function fishOption({ name, short, help, value }: CompletionOption): string {
  const words = [`-l ${name.slice(2)}`, ...(short === undefined ? [] : [`-s ${short.slice(1)}`])]
  if (value === "file" || value === "folder") words.push("-r -F")
  else if (typeof value === "object") words.push(`-x -a ${single(value.join(" "))}`)
  else if (value === "any") words.push("-x")
  return `${words.join(" ")} -d ${single(help)}`
}

/** Quotes for zsh and fish; a quote inside ends the string, stands escaped, and begins it again. */
function single(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}

interface ValueCase {
  /** `command:option`; `*` for every command. */
  readonly patterns: readonly string[]
  readonly value: CompletionOption["value"]
}

/** What follows options that take a value: the same behind every command, or for each command its own. */
function valueCases(commands: readonly CompletionCommand[]): readonly ValueCase[] {
  const byName = new Map<string, { readonly names: readonly string[]; readonly option: CompletionOption }[]>()
  for (const { name, aliases, options } of commands) {
    for (const option of options.filter(({ value }) => value !== undefined)) {
      const uses = byName.get(option.name) ?? []
      byName.set(option.name, [...uses, { names: [name, ...aliases], option }])
    }
  }
  return [...byName.values()].flatMap((uses): readonly ValueCase[] => {
    const patterns = (names: readonly string[], { name, short }: CompletionOption) =>
      names.flatMap((command) =>
        [name, ...(short === undefined ? [] : [short])].map((word) => `${command}:${word}`),
      )
    const isOne = new Set(uses.map(({ option }) => String(option.value))).size === 1
    const [first] = uses
    if (isOne && first !== undefined)
      return [{ patterns: patterns(["*"], first.option), value: first.option.value }]
    return uses.map(({ names, option }) => ({ patterns: patterns(names, option), value: option.value }))
  })
}
