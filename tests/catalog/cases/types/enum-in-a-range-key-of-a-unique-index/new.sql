create type e as enum ('b','a'); create table w (x e, y int, primary key (x, y)); create table u (x e, y int, foreign key (x, y) references w);
