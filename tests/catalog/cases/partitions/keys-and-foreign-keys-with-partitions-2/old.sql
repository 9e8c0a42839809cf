create table p (id int primary key);
create table m (a int, b int, unique (a, b)) partition by list (a);
create table m1 partition of m for values in (1);
create table r (a int, b int, foreign key (a, b) references m (a, b));
