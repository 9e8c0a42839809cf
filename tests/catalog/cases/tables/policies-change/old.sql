create table t (a int, b int);
create policy p on t;
create policy q on t for select using (a > 0);
create policy r on t for insert with check (a > 0);
create policy s on t for update using (a > 0);
alter table t enable row level security;
