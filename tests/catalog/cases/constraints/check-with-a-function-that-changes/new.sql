create table t (id int primary key, a text, b int);
create function ok(int, int default 5) returns boolean language sql immutable as 'select $1 > $2'; alter table t add constraint k check (ok(b));
