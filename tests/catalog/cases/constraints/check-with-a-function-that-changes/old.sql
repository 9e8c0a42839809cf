create table t (id int primary key, a text, b int);
create function ok(int) returns boolean language sql immutable as 'select $1 > 0'; alter table t add constraint k check (ok(b));
