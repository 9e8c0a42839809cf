create unlogged table t (id int, a text);
create policy p on t using (a is not null);
