import picocolors from "picocolors"

export type Colors = ReturnType<typeof picocolors.createColors>

/** Returns functions that colour text, or leave it as it is. */
export function colors(enabled: boolean): Colors {
  return picocolors.createColors(enabled)
}
