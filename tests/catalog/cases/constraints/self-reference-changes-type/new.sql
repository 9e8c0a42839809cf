create table n (id text primary key, parent text references n on delete cascade);
