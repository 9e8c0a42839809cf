create table t (id int primary key, a text, b int);
create table log (x int); create rule r as on insert to t do also insert into log values (new.id); create rule n as on delete to t do instead nothing;
