create table t (id int primary key, a text, b int);
create function cmp2(int, int) returns int language sql immutable as 'select $2 - $1'; create operator class oc for type int using btree as operator 1 >, operator 2 >=, operator 3 =, operator 4 <=, operator 5 <, function 1 cmp2(int, int); create index i on t (b oc);
