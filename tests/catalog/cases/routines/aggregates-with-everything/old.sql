create table t (id int primary key, a text, b int);
create aggregate a(int) (sfunc = int4pl, stype = int);
