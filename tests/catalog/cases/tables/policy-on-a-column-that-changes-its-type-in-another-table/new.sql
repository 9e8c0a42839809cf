create table members (team bigint, usr varchar(40));
create table docs (id int, team bigint);
alter table docs enable row level security;
create policy p on docs using (exists (select 1 from members m where m.team = docs.team and m.usr = current_user));
