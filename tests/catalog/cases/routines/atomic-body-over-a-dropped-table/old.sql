create table t (id int primary key, a text, b int);
create table u (x int); create function f() returns int begin atomic select max(x) from u; end;
