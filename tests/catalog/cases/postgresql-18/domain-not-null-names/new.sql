-- since: 18
create domain d as int constraint y not null check (value > 0);
