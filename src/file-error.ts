import { ToolError } from "./diagnostic.ts"

/**
 * Says that a file or folder cannot be read.
 *
 * @param shown the path as shown to a person
 * @param reason in words, or the error of the file system
 */
export function unreadable(shown: string, reason: unknown): ToolError {
  const isError = typeof reason !== "string"
  return new ToolError("unreadable-file", `${shown} cannot be read: ${isError ? reasonOf(reason) : reason}`, {
    location: { file: shown, line: 1 },
    subject: shown,
    hint: "check the path and who may read it",
    ...(isError ? { cause: reason } : {}),
  })
}

/** Says that a file cannot be written, with the error of the file system. */
export function notWritable(shown: string, cause: unknown): ToolError {
  return new ToolError("not-writable", `${shown} cannot be written: ${reasonOf(cause)}`, {
    subject: shown,
    hint: "check the path and who may write there",
    cause,
  })
}

/** The system's reason, in words. */
export function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException
  switch (code) {
    case "EACCES":
    case "EPERM":
      return "permission denied"
    case "ENOENT":
      return "there is no such file"
    case "ENOTDIR":
      return "part of the path is not a folder"
    case "EISDIR":
      return "it is a folder"
    case "EROFS":
      return "the file system is read-only"
    case "ENOSPC":
      return "the disk is full"
    default:
      return code ?? message
  }
}
