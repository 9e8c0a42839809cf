create domain x as text;
create type y as enum ('q');
create type z as (b int);
create view w as select 1 as a;
