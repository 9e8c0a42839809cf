create table w (id serial); create table u (id int);
