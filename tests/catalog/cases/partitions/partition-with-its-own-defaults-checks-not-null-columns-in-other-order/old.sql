create table m (a int, b text) partition by list (a);
