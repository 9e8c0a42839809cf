/**
 * The server's error codes that Lockstep acts upon, by their names in PostgreSQL.
 *
 * @see PostgreSQL documentation, appendix "PostgreSQL Error Codes"
 */
export const sqlState = {
  feature_not_supported: "0A000",
  protocol_violation: "08P01",
  unique_violation: "23505",
  active_sql_transaction: "25001",
  read_only_sql_transaction: "25006",
  no_active_sql_transaction: "25P01",
  in_failed_sql_transaction: "25P02",
  idle_in_transaction_session_timeout: "25P03",
  transaction_timeout: "25P04",
  invalid_authorization_specification: "28000",
  invalid_password: "28P01",
  invalid_transaction_termination: "2D000",
  invalid_catalog_name: "3D000",
  invalid_schema_name: "3F000",
  serialization_failure: "40001",
  deadlock_detected: "40P01",
  insufficient_privilege: "42501",
  duplicate_column: "42701",
  undefined_column: "42703",
  undefined_object: "42704",
  duplicate_object: "42710",
  duplicate_function: "42723",
  undefined_function: "42883",
  undefined_table: "42P01",
  duplicate_database: "42P04",
  duplicate_schema: "42P06",
  duplicate_table: "42P07",
  too_many_connections: "53300",
  object_in_use: "55006",
  object_not_in_prerequisite_state: "55000",
  cant_change_runtime_param: "55P02",
  lock_not_available: "55P03",
  /** The new value of an enum type is used in the transaction that added it. */
  unsafe_new_enum_value_usage: "55P04",
  query_canceled: "57014",
  admin_shutdown: "57P01",
  crash_shutdown: "57P02",
  /** The server starts up, shuts down or recovers. */
  cannot_connect_now: "57P03",
  database_dropped: "57P04",
  idle_session_timeout: "57P05",
} as const
