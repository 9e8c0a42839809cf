create table t (a int, b int, c int);
create statistics s on a, b from t;
create statistics s2 (mcv) on a, b from t;
