create function ok(int) returns boolean language sql immutable as 'select $1 > 1';
create function ok2(int) returns boolean language sql immutable as 'select true';
create domain d as int check (ok2(value));
create table t (a d);
