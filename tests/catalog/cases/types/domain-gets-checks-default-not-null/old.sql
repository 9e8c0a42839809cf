create domain d as text; create table w (x d, y d[]); create view v as select x from w;
