create function ef() returns event_trigger language plpgsql as 'begin end';
create event trigger et on ddl_command_end when tag in ('CREATE TABLE', 'DROP TABLE') execute function ef();
alter event trigger et disable;
comment on event trigger et is 'x';
