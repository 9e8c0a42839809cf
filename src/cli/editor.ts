import { spawn } from "node:child_process"
import { ToolError } from "../diagnostic.ts"
import type { Io } from "./io.ts"

/**
 * Opens a file in the user's editor and waits until it is closed.
 *
 * @param configured the setting `editor`; absent: `VISUAL`, then `EDITOR`
 * @throws ToolError `editor-failed`
 */
export async function openEditor(file: string, configured: string | undefined, io: Io): Promise<void> {
  const editor = [configured, io.env.VISUAL, io.env.EDITOR].find(
    (command) => command !== undefined && command !== "",
  )
  if (editor === undefined)
    throw new ToolError("editor-failed", "no editor is known", {
      subject: file,
      hint: `set EDITOR, or open the file yourself: ${file}`,
    })
  // An editor is a command line of its own (`code --wait`), so a shell takes it apart, as git does.
  const child =
    process.platform === "win32"
      ? spawn(`${editor} "${file}"`, { shell: true, stdio: "inherit", env: io.env, cwd: io.cwd })
      : spawn("/bin/sh", ["-c", `${editor} "$@"`, editor, file], {
          stdio: "inherit",
          env: io.env,
          cwd: io.cwd,
        })
  const code = await new Promise<number | null>((resolve) => {
    child.on("error", () => resolve(127))
    child.on("close", resolve)
  })
  if (code === 0) return
  throw new ToolError("editor-failed", `the editor "${editor}" ended with exit code ${code ?? "unknown"}`, {
    subject: file,
    hint: "the file is written; VISUAL and EDITOR name the editor",
  })
}
