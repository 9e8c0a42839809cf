create type x as enum ('a');
create type y as (a int);
create domain z as int;
create table w (a int);
