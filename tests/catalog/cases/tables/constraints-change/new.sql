create table t (a int, b int, c int, unique (a) deferrable initially deferred, check (b > 1), constraint x unique nulls not distinct (b, c) include (a));
create table r (a int primary key);
alter table t add foreign key (c) references r match full on update cascade on delete set null deferrable;
