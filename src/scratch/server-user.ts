import { readFileSync, statSync } from "node:fs"
import { dirname } from "node:path"
import { ToolError } from "../diagnostic.ts"

/** The operating-system user that the server runs as, where that is not the current one. */
export interface ServerUser {
  readonly uid: number
  readonly gid: number
  readonly name: string
}

/**
 * Returns whom to run the server as: nobody else than the current user, except that root, whom PostgreSQL refuses,
 * becomes an unprivileged user of the system.
 */
export function serverUser(): ServerUser | undefined {
  if (process.getuid?.() !== 0) return undefined
  // initdb looks its own user up by number, so the user must be listed.
  const listed = readFileSync("/etc/passwd", "utf8").split("\n").map(parseUser)
  for (const name of ["nobody", "postgres", "daemon"]) {
    const user = listed.find((each) => each?.name === name)
    if (user !== undefined) return user
  }
  throw new ToolError(
    "embedded-server-failed",
    "PostgreSQL does not run as root, and no other user was found",
    {
      hint: "run Lockstep as an ordinary user, or add a user named postgres",
    },
  )
}

function parseUser(line: string): ServerUser | undefined {
  const [name, , uid, gid] = line.split(":")
  return name && uid && gid ? { name, uid: Number(uid), gid: Number(gid) } : undefined
}

/** Tells from the mode bits whether `user` can reach and execute `path`. Access lists are not looked at. */
export function canReach(path: string, user: ServerUser): boolean {
  for (let each = path; ; each = dirname(each)) {
    if (!canExecute(each, user)) return false
    if (dirname(each) === each) return true
  }
}

function canExecute(path: string, { uid, gid }: ServerUser): boolean {
  const { mode, uid: owner, gid: group } = statSync(path)
  if (owner === uid) return (mode & 0o100) !== 0
  if (group === gid) return (mode & 0o010) !== 0
  return (mode & 0o001) !== 0
}
