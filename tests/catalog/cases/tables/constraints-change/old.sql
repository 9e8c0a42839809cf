create table t (a int, b int, c int, unique (a), check (b > 0), constraint x unique (b, c));
create table r (a int primary key);
alter table t add foreign key (c) references r;
