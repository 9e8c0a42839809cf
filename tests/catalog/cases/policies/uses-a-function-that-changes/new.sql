create table t (id int primary key, a text, b int);
create function ok(x int default 1) returns boolean language sql stable as 'select x > 0'; alter table t enable row level security; create policy p on t using (ok());
