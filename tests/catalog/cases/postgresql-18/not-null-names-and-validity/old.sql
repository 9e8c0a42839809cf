create table t (a int constraint aa not null, b int, c int not null, d int);
alter table t add constraint bn not null b not valid;
