create type mood as enum ('ok', 'sad', 'bad');
create domain d1 as mood not null;
create domain d2 as d1 check (value::text <> 'bad');
create table t (a d2 default 'ok', b d1[]);
