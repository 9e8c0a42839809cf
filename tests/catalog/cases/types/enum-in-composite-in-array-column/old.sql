create type mood as enum ('ok', 'sad');
create type entry as (m mood, note text);
create table t (id int, e entry, es entry[]);
create function notes(entry) returns text language sql as 'select ($1).note';
