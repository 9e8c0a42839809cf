create domain d1 as int;
create domain d2 as text default 'x' not null check (value <> '');
create domain d3 as int check (value > 0);
create table t (a d1, b d2, c d3);
