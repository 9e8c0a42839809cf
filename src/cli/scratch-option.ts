import type { ScratchOptions } from "../scratch/scratch.ts"

/** Where a command loads and replays, for those that need a throwaway server. */
export const scratchOption = {
  scratch: {
    type: "text",
    value: "url",
    help: "A server where databases may be made and dropped, instead of the embedded one",
  },
} as const

/** Which objects count, for every command that compares catalogs; they override the settings of the same names. */
export const selectionOptions = {
  include: {
    type: "list",
    value: "pattern",
    setting: "include",
    help: "Only objects that fit count: a schema, `public.tmp_*`, `trigger:*`",
  },
  exclude: {
    type: "list",
    value: "pattern",
    setting: "exclude",
    help: "Objects that fit do not count",
  },
} as const

export function scratchOptions(url: string | undefined, root: string): ScratchOptions {
  return url === undefined ? { root } : { url }
}
