import type { ScratchOptions } from "../scratch/scratch.ts"

/** Where a command loads and replays, for those that need a throwaway server. */
export const scratchOption = {
  scratch: {
    type: "text",
    value: "url",
    help: "A server where databases may be made and dropped, instead of the embedded one",
  },
} as const

export function scratchOptions(url: string | undefined, root: string): ScratchOptions {
  return url === undefined ? { root } : { url }
}
