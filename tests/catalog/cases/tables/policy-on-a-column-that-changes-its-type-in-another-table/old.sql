create table members (team int, usr text);
create table docs (id int, team int);
alter table docs enable row level security;
create policy p on docs using (exists (select 1 from members m where m.team = docs.team and m.usr = current_user));
