create role c1_app;
create table x (a int);
