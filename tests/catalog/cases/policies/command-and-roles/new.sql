create table t (id int primary key, a text, b int);
alter table t enable row level security; create policy p on t for update to current_user using (id > 0) with check (id > 1);
