create table t (a int, b int);
create policy p on t as restrictive;
create policy q on t for select using (a > 0 and b > 0);
create policy r on t for all using (b > 0) with check (a > 0);
create policy s on t for update using (a > 0) with check (b > 1);
alter table t enable row level security;
