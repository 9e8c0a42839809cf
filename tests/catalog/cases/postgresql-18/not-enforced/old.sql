create table p (a int primary key);
create table t (a int, constraint c check (a > 0) not enforced, constraint f foreign key (a) references p not enforced, constraint g check (a < 9));
