create domain d as int; create table w (x d primary key, y d[]); create table u (x d references w); create function f(d) returns d language sql immutable as 'select $1'; create index i on w (f(x));
