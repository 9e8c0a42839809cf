import type { SecurityLabel } from "../catalog/catalog.ts"
import { type Address, addressOf } from "./address.ts"

export interface CommentRow extends Address {
  readonly comment: string
}

export interface LabelRow extends Address, SecurityLabel {}

/** The server's own objects below 16384 have comments that everybody has; `public` is the one that users change. */
export const facetQueries = {
  comments: `select classoid as classid, objoid as objid, objsubid, description as comment from pg_description
    where objoid >= 16384 or classoid = 'pg_namespace'::regclass`,
  labels: `select classoid as classid, objoid as objid, objsubid, provider, label from pg_seclabel
    order by provider`,
}

/** Returns comments and security labels by address. */
export function facetsOf(
  comments: readonly CommentRow[],
  labels: readonly LabelRow[],
): ReadonlyMap<number, { comment?: string; labels?: SecurityLabel[] }> {
  const facets = new Map<number, { comment?: string; labels?: SecurityLabel[] }>()
  for (const row of comments) facets.set(addressOf(row), { comment: row.comment })
  for (const row of labels) {
    const known = facets.get(addressOf(row))
    const { provider, label } = row
    facets.set(addressOf(row), { ...known, labels: [...(known?.labels ?? []), { provider, label }] })
  }
  return facets
}
