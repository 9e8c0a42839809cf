create table t (id int primary key, a text, b int);
create function agg(int) returns int language sql as 'select $1'; create view v as select agg(1) as x;
