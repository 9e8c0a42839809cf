create table t (id int primary key, a text, b int);
create function f(text) returns text language sql immutable as 'select upper($1)'; create index i on t (f(a));
