import { configFileNames } from "../../src/cli/config-file.ts"
import { rulesOf } from "../../src/cli/setting-types.ts"
import { choiceVariables } from "../../src/cli/setting-variables.ts"
import { type SettingKey, settingOf, settings, settingVariable } from "../../src/cli/settings.ts"
import { table } from "./markdown.ts"

const groups: readonly { readonly title: string; readonly has: (key: SettingKey) => boolean }[] = [
  { title: "Where the revisions are", has: (key) => !settingOf(key).levels.includes("environment") },
  { title: "Which database", has: (key) => targetKeys.has(key) },
  { title: "How a run behaves", has: () => true },
]

const targetKeys = new Set<SettingKey>([
  "url",
  "password",
  "auth",
  "connectTimeout",
  "historySchema",
  "protected",
  "pooled",
  "applicationRoles",
])

/** The reference of all settings, from their table. */
export function configurationDocs(): ReadonlyMap<string, string> {
  const left = new Set(Object.keys(settings) as SettingKey[])
  const sections = groups.map(({ title, has }) => {
    const keys = [...left].filter(has)
    for (const key of keys) left.delete(key)
    return `### ${title}\n\n${keys.map(describe).join("\n\n")}`
  })
  return new Map([["docs/configuration.md", page(sections)]])
}

function describe(key: SettingKey): string {
  const { type, help, choices, default: value, levels, variable } = settingOf(key)
  const expected =
    choices === undefined ? rulesOf(type).expected : choices.map((choice) => `\`${choice}\``).join(", ")
  const facts = [
    `Takes ${expected}.`,
    ...(value === undefined ? [] : [`Default: ${quoted(value)}.`]),
    ...(variable === false ? [] : [`Variable: \`${settingVariable(key)}\`.`]),
    ...(levels.length === 1 ? ["Only in an environment."] : []),
  ]
  return `**\`${key}\`**: ${help.replace(/\.$/, "")}. ${facts.join(" ")}`
}

/** A default is a value, or a few words. */
function quoted(value: string): string {
  return /[ `]/.test(value) || value === "none" ? value : `\`${value}\``
}

function page(sections: readonly string[]): string {
  return `# Configuration

\`DATABASE_URL\` alone is enough to start. Everything else stands in the nearest of
${configFileNames.map((name) => `\`${name}\``).join(", ")}, upward from the current directory, or in the file that
\`--config\` names. TypeScript runs as it is. \`lockstep init\` writes a first one.

\`\`\`ts
import type { Config } from "lockstep"

export default {
  lockTimeout: "2s",
  environments: {
    staging: { url: { env: "STAGING_DATABASE_URL" } },
    prod: { url: { env: "PROD_DATABASE_URL" }, protected: true, lockTimeout: "1s" },
  },
} satisfies Config
\`\`\`

A setting comes from, in this order:

1. a flag of the command line;
2. its \`LOCKSTEP_*\` variable;
3. the file: \`databases.<name>.environments.<name>\`, then \`environments.<name>\`, then \`databases.<name>\`, then the
   top;
4. its default.

The database's address comes from \`--url\`, \`LOCKSTEP_URL\`, the file's \`url\`, \`DATABASE_URL\`, and last the \`PG*\`
variables of libpq. An environment whose \`url\` turns out to be undefined is an error: it never falls back to the
address of another one.

\`.env\` beside the configuration is read first, and never overrides a variable that is set. For an environment marked
as protected it is not read at all.

Durations are written \`500ms\`, \`2s\`, \`5min\`, \`1h\`, or as a number of milliseconds; \`0\` is no limit. Paths are
relative to the configuration file. An unknown setting, or a value of the wrong kind, is an error, and all of them are
shown at once.

## Variables

${table(
  ["variable", ""],
  Object.entries(choiceVariables).map(([name, help]) => [`\`${name}\``, help]),
)}

Every setting below has a variable too. Lists are separated by commas, pairs are written \`name=value\`.

## Settings

${sections.join("\n\n")}

### Environments and databases

**\`environment\`**: The environment that is meant where neither \`--env\` nor \`LOCKSTEP_ENV\` names one. Takes a text.

**\`environments\`**: Databases with their policy, by name. \`--env\` chooses one. Each takes the settings of the groups
"Which database" and "How a run behaves".

**\`databases\`**: Several databases, each with revisions of its own, by name. \`--database\` chooses one; where there are
several, one must be chosen. Each takes all settings, and \`environments\` of its own. The default folder of its
revisions is \`migrations/<name>\`.
`
}
