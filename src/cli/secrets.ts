import { maskSecrets } from "../db/mask.ts"

/** Masks every text inside plain data. */
export function maskData(data: unknown): unknown {
  if (typeof data === "string") return maskSecrets(data)
  if (Array.isArray(data)) return data.map(maskData)
  if (typeof data !== "object" || data === null) return data
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, maskData(value)]))
}
