create table t (a int, b int, c int);
create statistics s on a, b, c from t;
create statistics s2 (ndistinct, dependencies) on a, b from t;
alter statistics s2 set statistics 9;
create statistics s3 on (a + b), c from t;
comment on statistics s is 'x';
