create table p (a int primary key);
create table t (a int);
alter table t add constraint c check (a > 0) not valid;
alter table t add constraint f foreign key (a) references p not valid;
alter table t add constraint d check (a < 10);
