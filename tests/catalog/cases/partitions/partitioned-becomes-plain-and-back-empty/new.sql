create table m (a int);
create table n (a int) partition by range (a);
