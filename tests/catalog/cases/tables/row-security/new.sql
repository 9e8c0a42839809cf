create table t (a int, owner name);
create table u (a int);
alter table t enable row level security;
alter table t force row level security;
create policy own on t as restrictive for update to public using (owner = current_user) with check (a > 0);
