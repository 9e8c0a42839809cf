create domain d1 as int not null default 3 check (value > 0);
create domain d2 as text check (length(value) < 10);
create domain d3 as int constraint named check (value > 1);
create table t (a d1, b d2, c d3);
comment on domain d1 is 'd';
comment on constraint named on domain d3 is 'n';
