create table p (id int primary key);
create table m (a int, b int, c int, primary key (a, b), constraint f foreign key (c) references p (id)) partition by list (a);
create table m1 partition of m for values in (1);
create table r (a int, b int, foreign key (a, b) references m (a, b) on delete cascade);
