-- since: 18
create table t (a int not null, b int constraint bn not null, c int constraint cc not null no inherit, d int);
alter table t add constraint dn not null d not valid;
