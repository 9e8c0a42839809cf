create table t (id bigint);
create policy p on t using (id is not null);
