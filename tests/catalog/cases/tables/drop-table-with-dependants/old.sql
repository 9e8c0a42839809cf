create table t (id int primary key);
create table u (t_id int references t);
create view v as select * from t join u on t_id = id;
create function f() returns setof t language sql as 'select * from t';
