create table base (id int, constraint c check (id > 0) no inherit);
create table kid () inherits (base);
