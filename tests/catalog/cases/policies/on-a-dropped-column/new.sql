create table t (id int primary key, a text, b int);
alter table t drop b; alter table t enable row level security; create policy p on t using (id > 0);
