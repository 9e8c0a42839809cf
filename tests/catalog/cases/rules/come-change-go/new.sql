create table t (id int primary key, a text, b int);
create table log (x int, y text); create rule r as on insert to t do also insert into log values (new.id, new.a); alter table t disable rule r;
