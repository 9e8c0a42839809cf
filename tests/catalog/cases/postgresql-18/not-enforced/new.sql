-- since: 18
create table p (a int primary key);
create table t (a int, constraint c check (a > 0), constraint f foreign key (a) references p, constraint g check (a < 9) not enforced);
