create table t (a text, c int);
create policy p on t using (c is not null);
