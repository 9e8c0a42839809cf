create table t (id int primary key, a text, b int);
create statistics s (ndistinct) on a, b from t;
