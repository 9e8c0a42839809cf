import { converges } from "./converge.ts"
import { withRoles } from "./roles.ts"

const handlers = `create function handle() returns language_handler language c as '$libdir/plpgsql', 'plpgsql_call_handler';
  create function inline(internal) returns void language c as '$libdir/plpgsql', 'plpgsql_inline_handler';
  create function validate(oid) returns void language c as '$libdir/plpgsql', 'plpgsql_validator';`

converges("a language, its transforms, and functions in it", {
  old: "",
  new: `${handlers} ${withRoles("language_user")}
    create trusted language speech handler handle inline inline validator validate;
    comment on language speech is 'words'; revoke usage on language speech from public;
    grant usage on language speech to language_user;
    create transform for int language sql (from sql with function prsd_lextype(internal), to sql with function int4recv(internal));
    comment on transform for int language sql is 'numbers';
    create function f() returns int language speech as 'begin return 1; end'`,
})

converges("a language and a transform change in place", {
  old: `${handlers} create language speech handler handle inline inline;
    create transform for int language sql (from sql with function prsd_lextype(internal))`,
  new: `${handlers} ${withRoles("language_owner")} create trusted language speech handler handle validator validate;
    alter language speech owner to language_owner;
    create transform for int language sql (to sql with function int4recv(internal))`,
  saysNot: [/^drop/],
})

converges("access methods for indexes and tables", {
  old: "create access method am type index handler bthandler",
  new: `create access method am type table handler heap_tableam_handler; comment on access method am is 'heap';
    create table t (a int) using am; create access method tree type index handler bthandler`,
})

converges("conversions", {
  old: "create conversion c for 'LATIN1' to 'UTF8' from iso8859_1_to_utf8",
  new: `${withRoles("language_owner")} create default conversion c for 'LATIN1' to 'UTF8' from iso8859_1_to_utf8;
    alter conversion c owner to language_owner; comment on conversion c is 'old';
    create conversion d for 'UTF8' to 'LATIN1' from utf8_to_iso8859_1`,
})
