create table w (id serial primary key);
