create extension btree_gist;
create table p (id int, valid daterange);
