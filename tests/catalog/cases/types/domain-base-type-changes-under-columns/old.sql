create domain d as int check (value > 0);
create domain dd as d;
create table t (a d, b dd, c d[]);
create view v as select a from t;
create function f(d) returns d language sql as 'select $1';
