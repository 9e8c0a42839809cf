create type mood as enum ('ok');
create domain positive as bigint;
create table t (a positive, b mood);
