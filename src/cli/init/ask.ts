import { confirm, isCancel, select, text } from "@clack/prompts"
import { ToolError } from "../../diagnostic.ts"
import type { FolderSurvey, FoundFolder } from "./survey-folder.ts"

interface Start {
  readonly migrations: string
  readonly language: FolderSurvey["language"]
}

/** Asks a person, on a terminal, for what a project starts with. */
export async function askStart(proposed: Start, found: FoundFolder | undefined): Promise<Start> {
  const migrations = answered(
    await text({
      message: found === undefined ? "Folder of revisions" : `Folder of revisions (found ${found.path})`,
      initialValue: proposed.migrations,
      validate: (value) => (value === undefined || value.trim() === "" ? "a path is needed" : undefined),
    }),
  )
  const language = answered(
    await select<FolderSurvey["language"]>({
      message: "Language of the configuration",
      initialValue: proposed.language,
      options: [
        { value: "ts", label: "TypeScript" },
        { value: "mjs", label: "JavaScript" },
        { value: "json", label: "JSON" },
      ],
    }),
  )
  const agreed = answered(
    await confirm({ message: `Write lockstep.config.${language}, ${migrations}/ and .env.example?` }),
  )
  if (!agreed) throw cancelled()
  return { migrations: migrations.trim(), language }
}

function answered<Answer>(answer: Answer): Exclude<Answer, symbol> {
  if (isCancel(answer)) throw cancelled()
  return answer as Exclude<Answer, symbol>
}

function cancelled(): ToolError {
  return new ToolError("interrupted", "nothing was written")
}
