create table t (a int, b varchar(10), c varchar(10), d int, e text, f timestamp, g numeric(10,2), h char(5), i bit(3), j int[]);
