create extension btree_gist;
create table r (x int, d daterange, constraint e exclude using gist (x with =, d with &&) where (x > 0));
