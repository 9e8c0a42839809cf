create table t (id int primary key, a text, b int);
create function ok() returns boolean language sql stable as 'select true'; alter table t enable row level security; create policy p on t using (ok());
