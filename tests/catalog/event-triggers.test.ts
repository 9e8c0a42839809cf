import { converges } from "./converge.ts"
import { withRoles } from "./roles.ts"

const functions = `create function stop() returns event_trigger language plpgsql as $$ begin raise 'stop'; end $$;
  create function watch() returns event_trigger language plpgsql as $$ begin raise notice '%', tg_tag; end $$;`

converges("an event trigger that forbids everything does not stop the plan that makes or drops it", {
  old: "create table t (a int)",
  new: `create table t (a int, b int); ${functions}
    create event trigger watching on ddl_command_end when tag in ('CREATE TABLE', 'ALTER TABLE') execute function watch();
    comment on event trigger watching is 'sees'; alter event trigger watching disable;
    create event trigger stopping on ddl_command_start when tag in ('CREATE TABLE', 'DROP TABLE', 'CREATE FUNCTION') execute function stop()`,
})

converges("an event trigger changes", {
  old: `${functions} create event trigger a on sql_drop execute function watch();
    create event trigger b on ddl_command_end execute function watch()`,
  new: `${withRoles("event_owner superuser")} ${functions} create event trigger a on sql_drop execute function watch();
    alter event trigger a enable always; alter event trigger a owner to event_owner;
    create event trigger b on table_rewrite execute function watch()`,
  says: ["alter event trigger a enable always"],
})
