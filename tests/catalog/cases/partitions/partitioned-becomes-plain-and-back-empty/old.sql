create table m (a int) partition by list (a);
create table n (a int);
