create table t (r int4range, s int4range, a int, exclude using gist (r with &&));
