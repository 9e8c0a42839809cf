create table ids (id int);
create table t (id int);
