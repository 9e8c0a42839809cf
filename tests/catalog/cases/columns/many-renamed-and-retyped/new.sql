create table w (a bigint, b text, e int, d numeric); create view v as select a, b, e as c, d from w;
