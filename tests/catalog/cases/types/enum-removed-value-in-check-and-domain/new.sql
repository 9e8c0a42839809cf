create type e as enum ('a');
create domain d as e;
create table t (x d, y e check (y = 'a'));
