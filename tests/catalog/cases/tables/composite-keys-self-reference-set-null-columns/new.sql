create table t (a int, b int, c int, d int, primary key (a, b), foreign key (a, d) references t (a, b) on delete set null (d));
