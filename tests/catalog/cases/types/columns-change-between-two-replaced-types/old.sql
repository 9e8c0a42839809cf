create type mood as enum ('ok', 'sad');
create domain positive as int;
create table t (a mood, b positive);
