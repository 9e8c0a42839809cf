create table t (a int primary key, b int);
create table u (a int primary key);
create publication p for table t;
create publication q for all tables;
