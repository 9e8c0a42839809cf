-- since: 18
create extension btree_gist;
create table p (id int, valid daterange, primary key (id, valid without overlaps));
create table c (id int, p_id int, valid daterange, foreign key (p_id, period valid) references p (id, period valid), unique (id, valid without overlaps));
