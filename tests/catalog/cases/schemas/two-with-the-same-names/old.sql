create schema a; create schema b; create table a.x (id int primary key); create table b.x (id int references a.x);
