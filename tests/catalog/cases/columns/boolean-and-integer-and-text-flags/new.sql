create table w (a int default 0, b boolean default false);
