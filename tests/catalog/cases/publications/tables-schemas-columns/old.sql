create table t (id int primary key, a text, b int);
create publication p for table t;
