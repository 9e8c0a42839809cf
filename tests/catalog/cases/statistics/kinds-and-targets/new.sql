create table t (id int primary key, a text, b int);
create statistics s (dependencies, mcv) on a, b from t; alter statistics s set statistics 500; create statistics e on lower(a), b from t; comment on statistics s is 'x';
