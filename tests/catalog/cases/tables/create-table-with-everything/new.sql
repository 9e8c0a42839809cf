create table t (id bigint generated always as identity, a int not null default 1, b text collate "C", c numeric(10,2) check (c > 0), d varchar(20) unique, primary key (id), constraint ab check (a < 10 or b is not null)) with (fillfactor = 70);
comment on table t is 'it''s';
comment on column t.a is 'ä';
comment on constraint ab on t is 'c';
