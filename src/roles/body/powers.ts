/** What a function does that more than computes with what it is given. */
export interface Power {
  /** Which of its arguments must not come from the caller, as for `slice`. */
  readonly arguments: readonly [number, number?]
  /** They are run as SQL. */
  readonly runs: boolean
  /** Only under this schema; the name alone is too common. */
  readonly schema?: string
  /** Only with so many arguments; with others it is another function. */
  readonly count?: number
  /** They are names of relations that are read. */
  readonly reads?: boolean
}

const runs = (...range: readonly [number, number?]): Power => ({ arguments: range, runs: true })
const does = (...range: readonly [number, number?]): Power => ({ arguments: range, runs: false })

/** Functions that do more than compute with what they are given. */
export const powers: ReadonlyMap<string, Power> = new Map([
  ["query_to_xml", runs(0, 1)],
  ["query_to_xmlschema", runs(0, 1)],
  ["query_to_xml_and_xmlschema", runs(0, 1)],
  ["ts_stat", runs(0, 1)],
  ["ts_rewrite", { ...runs(1, 2), count: 2 }],
  ["cursor_to_xml", does(0, 1)],
  ["cursor_to_xmlschema", does(0, 1)],
  ["table_to_xml", { ...does(0, 1), reads: true }],
  ["table_to_xmlschema", { ...does(0, 1), reads: true }],
  ["table_to_xml_and_xmlschema", { ...does(0, 1), reads: true }],
  ["crosstab", runs(0, 2)],
  ["crosstab2", runs(0, 1)],
  ["crosstab3", runs(0, 1)],
  ["crosstab4", runs(0, 1)],
  ["connectby", does(0)],
  ["xpath_table", does(0)],
  ["dblink", does(0)],
  ["dblink_exec", does(0)],
  ["dblink_open", does(0)],
  ["dblink_send_query", does(0)],
  ["dblink_connect", does(0)],
  ["dblink_connect_u", does(0)],
  ["schedule", { ...does(0), schema: "cron" }],
  ["schedule_in_database", { ...does(0), schema: "cron" }],
  ["set_config", does(0, 1)],
  ["lo_export", does(0)],
  ["pg_file_write", does(0)],
  ["pg_file_rename", does(0)],
  ["pg_file_unlink", does(0)],
])

export const dangerousInternals = new Set([
  "be_lo_export",
  "query_to_xml",
  "query_to_xml_and_xmlschema",
  "dblink_connect_u",
  "dblink_exec",
  "dblink_record",
  "pg_file_write",
  "pg_file_write_v1_1",
])
