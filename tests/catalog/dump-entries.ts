import type { FacetName } from "../../src/diff/diff.ts"

/**
 * Every kind of entry that pg_dump writes into an archive, and where it is here: the names of the kinds that stand for
 * it, a facet that all kinds share, or why it is left out.
 * @see PostgreSQL source, src/bin/pg_dump/pg_dump.c, the `description` of each `ArchiveEntry`
 */
export const dumpEntries: Readonly<
  Record<
    string,
    | { readonly kinds: readonly string[]; readonly facet?: FacetName }
    | { readonly facet: FacetName }
    | { readonly ignored: string }
  >
> = {
  "ACCESS METHOD": { kinds: ["access method"] },
  ACL: {
    facet: "grants",
    kinds: [
      "privileges on an extension's schema",
      "privileges on an extension's language",
      "privileges on an extension's type",
      "privileges on an extension's function",
      "privileges on an extension's relation",
      "privileges on an extension's sequence",
      "privileges on an extension's foreign-data wrapper",
      "privileges on an extension's foreign server",
    ],
  },
  AGGREGATE: { kinds: ["aggregate"] },
  "BLOB METADATA": { ignored: "data" },
  BLOBS: { ignored: "data" },
  CAST: { kinds: ["cast"] },
  "CHECK CONSTRAINT": { kinds: ["constraint", "domain constraint"] },
  COLLATION: { kinds: ["collation"] },
  COMMENT: { facet: "comment" },
  CONSTRAINT: { kinds: ["constraint"] },
  CONVERSION: { kinds: ["conversion"] },
  DATABASE: { ignored: "the database itself, not what is in it" },
  "DATABASE PROPERTIES": { ignored: "the database itself, not what is in it" },
  DEFAULT: { kinds: ["default"] },
  "DEFAULT ACL": { kinds: ["default privileges"] },
  DOMAIN: { kinds: ["domain"] },
  "EVENT TRIGGER": { kinds: ["event trigger"] },
  EXTENSION: { kinds: ["extension"] },
  "FK CONSTRAINT": { kinds: ["constraint"] },
  "FOREIGN DATA WRAPPER": { kinds: ["foreign data wrapper"] },
  "FOREIGN TABLE": { kinds: ["foreign table", "column"] },
  FUNCTION: { kinds: ["function"] },
  INDEX: { kinds: ["index"] },
  "INDEX ATTACH": { kinds: ["index attachment"] },
  "LARGE OBJECT": { ignored: "data" },
  "MATERIALIZED VIEW": { kinds: ["materialized view", "derived column"] },
  "MATERIALIZED VIEW DATA": { ignored: "data" },
  OPERATOR: { kinds: ["operator"] },
  "OPERATOR CLASS": { kinds: ["operator class"] },
  "OPERATOR FAMILY": {
    kinds: ["operator family", "operator of an operator family", "function of an operator family"],
  },
  POLICY: { kinds: ["policy"] },
  "PROCEDURAL LANGUAGE": { kinds: ["language"] },
  PROCEDURE: { kinds: ["function"] },
  PUBLICATION: { kinds: ["publication"] },
  "PUBLICATION TABLE": { kinds: ["publication table"] },
  "PUBLICATION TABLES IN SCHEMA": { kinds: ["publication schema"] },
  "ROW SECURITY": { kinds: ["table"] },
  RULE: { kinds: ["rule"] },
  SCHEMA: { kinds: ["schema"] },
  "SECURITY LABEL": { facet: "labels" },
  SEQUENCE: { kinds: ["sequence"] },
  "SEQUENCE OWNED BY": { kinds: ["sequence owner"] },
  "SEQUENCE SET": { ignored: "data" },
  SERVER: { kinds: ["server"] },
  "SHELL TYPE": { kinds: ["shell type"] },
  STATISTICS: { kinds: ["statistics"] },
  "STATISTICS DATA": { ignored: "data" },
  SUBSCRIPTION: { kinds: ["subscription"] },
  "SUBSCRIPTION TABLE": { ignored: "progress of replication" },
  TABLE: { kinds: ["table", "column"] },
  "TABLE ATTACH": { kinds: ["partition attachment"] },
  "TABLE DATA": { ignored: "data" },
  "TEXT SEARCH CONFIGURATION": { kinds: ["text search configuration"] },
  "TEXT SEARCH DICTIONARY": { kinds: ["text search dictionary"] },
  "TEXT SEARCH PARSER": { kinds: ["text search parser"] },
  "TEXT SEARCH TEMPLATE": { kinds: ["text search template"] },
  TRANSFORM: { kinds: ["transform"] },
  TRIGGER: { kinds: ["trigger", "state of a partition's trigger"] },
  TYPE: { kinds: ["base type", "composite type", "enum", "range type"] },
  "USER MAPPING": { kinds: ["user mapping"] },
  VIEW: { kinds: ["view"] },
}
