import type { FolderSurvey } from "./survey-folder.ts"

/** Returns the files that a project starts with, by their path. `migrations` is the folder of revisions. */
export function starterFiles(
  language: FolderSurvey["language"],
  migrations: string,
): Readonly<Record<string, string>> {
  return {
    [`lockstep.config.${language}`]: configText(language, migrations),
    // Git keeps no empty folder.
    [`${migrations}/.gitkeep`]: "",
    ".env.example": envExample,
  }
}

const envExample = `# Copy to .env, which stays out of the repository. Real variables win over it, and a protected environment
# never reads it.
DATABASE_URL=postgresql://user:password@localhost:5432/database
`

function configText(language: FolderSurvey["language"], migrations: string): string {
  if (language === "json") return `${JSON.stringify({ migrations }, undefined, 2)}\n`
  const body = `{
  migrations: ${JSON.stringify(migrations)},
  // Without a url here, DATABASE_URL is used.
  environments: {
    // prod: { url: { env: "PROD_DATABASE_URL" }, protected: true },
  },
}`
  // Types only: the command line need not be installed beside the file to read it.
  return language === "ts"
    ? `import type { Config } from "lockstep"\n\nexport default ${body} satisfies Config\n`
    : `/** @type {import("lockstep").Config} */\nexport default ${body}\n`
}
