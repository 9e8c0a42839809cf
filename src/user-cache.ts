import { homedir } from "node:os"
import { join } from "node:path"

/** Returns the folder in which this user's programs keep what they can make anew, as the system has it. */
export function userCacheFolder(): string {
  const home = homedir()
  switch (process.platform) {
    case "darwin":
      return join(home, "Library", "Caches", "lockstep")
    case "win32":
      return join(home, "AppData", "Local", "lockstep", "cache")
    default:
      return join(home, ".cache", "lockstep")
  }
}
