create table w (id serial, a int);
