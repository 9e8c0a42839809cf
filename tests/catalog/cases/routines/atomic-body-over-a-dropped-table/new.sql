create table t (id int primary key, a text, b int);
create function f() returns int begin atomic select max(b) from t; end;
