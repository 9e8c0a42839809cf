create table t (r int4range, s int4range, a int, constraint x exclude using gist (r with &&, s with -|-) where (a > 0) deferrable);
