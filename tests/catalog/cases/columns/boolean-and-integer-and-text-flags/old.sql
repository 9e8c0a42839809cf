create table w (a boolean default false, b int default 0);
