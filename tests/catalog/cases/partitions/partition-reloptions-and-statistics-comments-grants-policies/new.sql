create table m (a int, b text) partition by list (a);
create table m1 partition of m for values in (1) with (fillfactor = 50);
comment on table m1 is 'x';
comment on column m1.b is 'y';
grant select on m1 to corpus_r;
alter table m1 alter b set statistics 5;
alter table m enable row level security;
create policy p on m;
alter table m1 enable row level security;
