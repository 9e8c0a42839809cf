import type { Connection } from "../db/connection.ts"
import { quoteIdentifier } from "../sql/identifier.ts"

/** What begins the messages of `lockstep_trace.note()`. */
export const notePrefix = "lockstep-trace "

/** The schema of what observes; left out of everything that is reported. */
export const traceSchema = "lockstep_trace"

/**
 * Prepares a scratch database for being observed from inside.
 *
 * `auto_explain` tells the plan of every statement, also of those inside DO blocks, functions and triggers. Two event
 * triggers tell locks and scans around every DDL command, also where a procedure commits in between. Both speak with
 * INFO messages, which reach the client whatever `client_min_messages` says. Plans that an index can serve use it, as
 * they would on large tables: the tables of a scratch database are small or empty.
 */
export async function install(connection: Connection, database: string): Promise<void> {
  const set = (name: string, value: string) =>
    `alter database ${quoteIdentifier(database)} set ${name} = ${value};`
  await connection.run(`
    ${unheard}
    ${set("session_preload_libraries", "auto_explain")}
    ${set("enable_seqscan", "off")}
    ${set("enable_hashjoin", "off")}
    ${set("enable_mergejoin", "off")}
    ${set("jit", "off")}
    ${set("max_parallel_workers_per_gather", "0")}
    load 'auto_explain';
    ${set("auto_explain.log_min_duration", "0")}
    ${set("auto_explain.log_nested_statements", "on")}
    ${set("auto_explain.log_analyze", "on")}
    ${set("auto_explain.log_timing", "off")}
    ${set("auto_explain.log_format", "json")}
    ${set("auto_explain.log_level", "info")}
    ${set("auto_explain.log_verbose", "on")}
    create schema ${traceSchema};
    create function ${traceSchema}.note() returns event_trigger language plpgsql security definer
    set search_path = pg_catalog set auto_explain.log_min_duration = -1 as $$
    begin
      raise info '${notePrefix}%', json_build_object(
        'event', tg_event, 'tag', tg_tag,
        'locks', (select coalesce(json_agg(json_build_array(relation::int8, mode)), '[]') from pg_locks
                  where pid = pg_backend_pid() and locktype = 'relation' and granted and relation >= 16384),
        'scans', (select coalesce(json_agg(json_build_array(relid::int8, coalesce(seq_scan, 0) + coalesce(idx_scan, 0))), '[]')
                  from pg_stat_xact_user_tables where seq_scan > 0 or idx_scan > 0));
    end $$;
    grant usage on schema ${traceSchema} to public;
    create event trigger lockstep_trace_start on ddl_command_start execute function ${traceSchema}.note();
    create event trigger lockstep_trace_end on ddl_command_end execute function ${traceSchema}.note();
    alter event trigger lockstep_trace_start enable always;
    alter event trigger lockstep_trace_end enable always;
    reset session_replication_role`)
}

/** The event triggers of the user's own are not asked about what we make: one may refuse all DDL. */
const unheard = "set session_replication_role = replica;"

/** Takes it away again, so that the database can be compared with others. */
export async function uninstall(connection: Connection, database: string): Promise<void> {
  await connection.run(`
    ${unheard}
    drop schema if exists ${traceSchema} cascade;
    alter database ${quoteIdentifier(database)} reset all;
    reset session_replication_role`)
}
