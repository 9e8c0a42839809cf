import type { SecurityLabel } from "../catalog/catalog.ts"

/** Where PostgreSQL keeps an object: catalog, row, and column of a relation. */
export interface Address {
  readonly classid: number
  readonly objid: number
  readonly objsubid: number
}

export interface CommentRow extends Address {
  readonly comment: string
}

export interface LabelRow extends Address, SecurityLabel {}

/** Returns an address as the key of a map. */
export function addressOf({ classid, objid, objsubid }: Address): string {
  return `${classid} ${objid} ${objsubid}`
}

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
): ReadonlyMap<string, { comment?: string; labels?: SecurityLabel[] }> {
  const facets = new Map<string, { comment?: string; labels?: SecurityLabel[] }>()
  for (const row of comments) facets.set(addressOf(row), { comment: row.comment })
  for (const row of labels) {
    const known = facets.get(addressOf(row))
    const { provider, label } = row
    facets.set(addressOf(row), { ...known, labels: [...(known?.labels ?? []), { provider, label }] })
  }
  return facets
}
