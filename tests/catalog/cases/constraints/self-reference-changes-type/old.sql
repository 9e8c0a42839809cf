create table n (id int primary key, parent int references n);
