create table t (a varchar(10));
create policy p on t using (a is not null);
grant select on t to public;
